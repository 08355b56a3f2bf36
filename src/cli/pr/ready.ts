import type { CliContext } from '../context.ts';
import { jsonFlag, readFlags } from '../read-flags.ts';
import { serverFlags } from '../server-flags.ts';
import { act } from './act.ts';
import { nameOf, repoFlag } from './pull.ts';

export const prReadyForm = {
  usage: 'polder pr ready <number> [flags]',
  description: 'Makes a draft ready: from now on it is treated as if it had just been opened.',
  operands: 1,
  rows: { ...repoFlag, ...serverFlags, ...jsonFlag },
} as const;

/** `polder pr ready`: says so, or with `--json` shows the pull request. */
export async function runPrReady(context: CliContext): Promise<number> {
  const flags = readFlags(context, prReadyForm);
  if (flags.kind === 'ended') return flags.code;
  const say = (pull: Parameters<typeof nameOf>[0]) => `${capital(nameOf(pull))} is ready.`;
  return act(context, flags, { name: 'ready', say });
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
