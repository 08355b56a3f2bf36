import type { CliContext } from '../context.ts';
import { jsonFlag, readFlags } from '../read-flags.ts';
import { serverFlags } from '../server-flags.ts';
import { act } from './act.ts';
import { nameOf, repoFlag, shaFlag } from './pull.ts';

export const prApproveForm = {
  usage: 'polder pr approve <number> [flags]',
  description:
    'Approves the commit that the branch of a pull request is at. What is pushed later is not approved by it.',
  operands: 1,
  rows: {
    ...repoFlag,
    ...shaFlag,
    'take-back': {
      type: 'bool',
      default: false,
      status: 'built',
      flagOnly: true,
      help: 'Take back what you approved before.',
    },
    ...serverFlags,
    ...jsonFlag,
  },
} as const;

/** `polder pr approve`: says which commit is approved, or with `--json` shows the pull request. */
export async function runPrApprove(context: CliContext): Promise<number> {
  const flags = readFlags(context, prApproveForm);
  if (flags.kind === 'ended') return flags.code;
  const { sha, takeBack } = flags.options;
  return act(context, flags, {
    name: 'approve',
    body: { take_back: takeBack, ...(sha === '' ? {} : { sha }) },
    say: (pull) =>
      takeBack ? `Took back the approval of ${nameOf(pull)}.` : `Approved ${nameOf(pull)} at ${pull.head.sha}.`,
  });
}
