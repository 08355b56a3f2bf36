import type { CliContext } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { jsonFlag, readFlags } from '../read-flags.ts';
import { serverClient } from '../server-client.ts';
import { serverFlags } from '../server-flags.ts';
import { nameOf, type PullInFull } from './pull.ts';

const argument = { status: 'built', flagOnly: true, type: 'string', default: '' } as const;

export const prOpenForm = {
  usage: 'polder pr open <repository> <branch> [flags]',
  description: 'Opens a pull request of a branch of a local repository, and plans what it changes.',
  operands: 2,
  rows: {
    base: {
      ...argument,
      shownDefault: "the repository's main branch",
      help: 'The branch that the changes are to go into.',
    },
    title: { ...argument, shownDefault: "the newest commit's", help: 'What it is about, in one line.' },
    draft: {
      type: 'bool',
      default: false,
      status: 'built',
      flagOnly: true,
      help: 'Open it as a draft, which is not planned by itself.',
    },
    labels: { status: 'built', flagOnly: true, type: 'list', default: [], help: 'Labels, separated by commas.' },
    ...serverFlags,
    ...jsonFlag,
  },
} as const;

/** `polder pr open`: says its number and where to read it, or with `--json` shows it. */
export async function runPrOpen(context: CliContext): Promise<number> {
  const flags = readFlags(context, prOpenForm);
  if (flags.kind === 'ended') return flags.code;
  const [repo = '', head = ''] = flags.operands;
  const { base, title, draft, labels, json } = flags.options;
  const opened = (await serverClient(flags.options, '/api').send('POST', '/pulls', {
    repo,
    head,
    draft,
    labels,
    ...(base === '' ? {} : { base }),
    ...(title === '' ? {} : { title }),
  })) as PullInFull;
  const text = `Opened ${nameOf(opened)}: ${opened.head.branch} into ${opened.base.branch}.\n${opened.url}\n`;
  context.write(json ? `${JSON.stringify(opened, null, 2)}\n` : text);
  return exitCodes.ok;
}
