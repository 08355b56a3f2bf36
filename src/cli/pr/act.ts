import type { CliContext } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { namePull, type PullInFull } from './pull.ts';

type Flags = {
  readonly operands: readonly string[];
  readonly options: {
    readonly server: string;
    readonly token: string;
    readonly repo: string;
    readonly json: boolean;
  };
};

type Act = {
  /** The last part of the path. */
  readonly name: string;
  readonly body?: object;
  /** What was done, as a sentence. */
  readonly say: (pull: PullInFull) => string;
};

/** Does something to the pull request that the words name, and says so, or with `--json` shows what it is then. */
export async function act(context: CliContext, flags: Flags, { name, body, say }: Act): Promise<number> {
  const named = namePull(context, flags.operands[0], flags.options);
  if ('kind' in named) return named.code;
  const { client, path, query } = named;
  const pull = (await client.send('POST', `${path}/${name}${query}`, body)) as PullInFull;
  context.write(flags.options.json ? `${JSON.stringify(pull, null, 2)}\n` : `${say(pull)}\n`);
  return exitCodes.ok;
}
