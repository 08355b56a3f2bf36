import type { CliContext } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { jsonFlag, readFlags } from '../read-flags.ts';
import { renderTable } from '../render-table.ts';
import { serverClient } from '../server-client.ts';
import { serverFlags } from '../server-flags.ts';
import { shortTime } from '../short-time.ts';
import { repoFlag, type ShownPull } from './pull.ts';

export const prListForm = {
  usage: 'polder pr list [flags]',
  description: 'Lists the pull requests of local repositories, newest first.',
  operands: 0,
  rows: {
    repo: { ...repoFlag.repo, help: 'Only those of this repository.' },
    state: {
      status: 'built',
      flagOnly: true,
      type: 'string',
      default: 'open',
      choices: ['open', 'closed', 'merged', 'all'],
      help: '`open`, `closed`, `merged` or `all`.',
    },
    ...serverFlags,
    ...jsonFlag,
  },
} as const;

/** `polder pr list`: a table for people, or with `--json` an array of what the server shows. */
export async function runPrList(context: CliContext): Promise<number> {
  const flags = readFlags(context, prListForm);
  if (flags.kind === 'ended') return flags.code;
  const { repo, state, json } = flags.options;
  const client = serverClient(flags.options, '/api');
  const query = new URLSearchParams({ state, limit: '100', ...(repo === '' ? {} : { repo }) });
  const found: ShownPull[] = [];
  for (let more = true; more; ) {
    const page = (await client.get(`/pulls?${query.toString()}`)) as { pulls: ShownPull[]; next_before: number | null };
    found.push(...page.pulls);
    more = page.next_before !== null;
    query.set('before', String(page.next_before));
  }
  context.write(json ? `${JSON.stringify(found, null, 2)}\n` : table(found));
  return exitCodes.ok;
}

function table(pulls: readonly ShownPull[]): string {
  if (pulls.length === 0) return 'There are no such pull requests.\n';
  const lines = pulls.map((pull) => [
    pull.repository.full_name,
    String(pull.number),
    pull.draft && pull.state === 'open' ? 'draft' : pull.state,
    `${pull.head.branch} into ${pull.base.branch}`,
    pull.author,
    shortTime(pull.created_at, ''),
    pull.title,
  ]);
  return renderTable([['REPOSITORY', 'NUMBER', 'STATE', 'BRANCHES', 'AUTHOR', 'OPENED', 'TITLE'], ...lines]);
}
