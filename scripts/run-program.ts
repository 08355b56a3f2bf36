import { spawn } from 'node:child_process';

export type ProgramResult = { readonly code: number; readonly output: string };

/**
 * Runs a program of this checkout in a Node process. With `capture` its output is collected, otherwise shown as it
 * comes. `onMessage` receives what it sends to its parent.
 */
export function runProgram(
  args: readonly string[],
  options: {
    capture?: boolean;
    node?: string;
    env?: Readonly<Record<string, string>>;
    onMessage?: (message: unknown) => void;
  } = {},
): Promise<ProgramResult> {
  const output = options.capture ? 'pipe' : 'inherit';
  const child = spawn(options.node ?? process.execPath, args, {
    env: { ...process.env, ...options.env },
    stdio: ['inherit', output, output, ...(options.onMessage ? (['ipc'] as const) : [])],
  });
  if (options.onMessage) child.on('message', options.onMessage);
  // Ctrl-C reaches the child by itself; we stay to tell how it ended.
  const forward = (signal: NodeJS.Signals) => child.kill(signal);
  const stay = () => undefined;
  process.on('SIGTERM', forward).on('SIGINT', stay);
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      process.off('SIGTERM', forward).off('SIGINT', stay);
      resolve({ code: code ?? 1, output: text });
    });
  });
}
