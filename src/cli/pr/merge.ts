import { mergeMethods } from '../../vcs/index.ts';
import type { CliContext } from '../context.ts';
import { jsonFlag, readFlags } from '../read-flags.ts';
import { serverFlags } from '../server-flags.ts';
import { act } from './act.ts';
import { nameOf, type PullInFull, repoFlag, shaFlag } from './pull.ts';

const argument = { status: 'built', flagOnly: true, type: 'string', default: '' } as const;

export const prMergeForm = {
  usage: 'polder pr merge <number> [flags]',
  description: 'Merges a pull request into its base branch, in the repository on the server.',
  operands: 1,
  rows: {
    ...repoFlag,
    ...shaFlag,
    method: { ...argument, default: 'merge', choices: mergeMethods, help: `One of ${mergeMethods.join(', ')}.` },
    title: { ...argument, shownDefault: 'names the pull request', help: 'First line of the commit that is made.' },
    ...serverFlags,
    ...jsonFlag,
  },
} as const;

/** `polder pr merge`: says what the base branch is now, or with `--json` shows the pull request. */
export async function runPrMerge(context: CliContext): Promise<number> {
  const flags = readFlags(context, prMergeForm);
  if (flags.kind === 'ended') return flags.code;
  const { sha, method, title } = flags.options;
  return act(context, flags, {
    name: 'merge',
    body: { method, ...(sha === '' ? {} : { sha }), ...(title === '' ? {} : { title }) },
    say: sentence,
  });
}

function sentence(pull: PullInFull): string {
  const branch = pull.base.branch;
  const now = pull.merge_sha === null ? `${branch} had it all` : `${branch} is at ${pull.merge_sha}`;
  return `Merged ${nameOf(pull)}: ${now}.`;
}
