import type { CliContext } from '../context.ts';
import { jsonFlag, readFlags } from '../read-flags.ts';
import { serverFlags } from '../server-flags.ts';
import { act } from './act.ts';
import { nameOf, repoFlag } from './pull.ts';

export const prCloseForm = {
  usage: 'polder pr close <number> [flags]',
  description: 'Closes a pull request without merging it; its locks and plans go.',
  operands: 1,
  rows: { ...repoFlag, ...serverFlags, ...jsonFlag },
} as const;

/** `polder pr close`: says so, or with `--json` shows the pull request. */
export async function runPrClose(context: CliContext): Promise<number> {
  const flags = readFlags(context, prCloseForm);
  if (flags.kind === 'ended') return flags.code;
  return act(context, flags, { name: 'close', say: (pull) => `Closed ${nameOf(pull)}.` });
}
