import { runCli } from '../../src/cli/run-cli.ts';

export type Ran = { readonly code: number; readonly output: string; readonly errors: readonly string[] };

type Surroundings = { readonly env?: Readonly<Record<string, string>>; readonly now?: () => number };

/** Runs the command line in this process; `soFar` is what it has written until now. */
export function runPolder(
  words: readonly string[],
  { env = {}, now = Date.now }: Surroundings = {},
): Promise<Ran> & { soFar(): string } {
  let output = '';
  const errors: string[] = [];
  const write = (text: string) => {
    output += text;
  };
  const complain = (message: string) => void errors.push(message);
  const run = runCli({ words, env, now, write, complain, signals: process });
  const ran = run.then((code) => ({ code, output, errors }));
  return Object.assign(ran, { soFar: () => output });
}
