import type { CliContext } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { jsonFlag, readFlags } from '../read-flags.ts';
import { renderTable } from '../render-table.ts';
import { serverFlags } from '../server-flags.ts';
import { shortTime } from '../short-time.ts';
import { harmless, namePull, type PullInFull, readComments, readPull, repoFlag, type ShownComment } from './pull.ts';

export const prShowForm = {
  usage: 'polder pr show <number> [flags]',
  description: 'Shows a pull request with its statuses and comments. Outdated comments are left out.',
  operands: 1,
  rows: { ...repoFlag, ...serverFlags, ...jsonFlag },
} as const;

/** `polder pr show`: text for people, or with `--json` what the server shows, with all comments. */
export async function runPrShow(context: CliContext): Promise<number> {
  const flags = readFlags(context, prShowForm);
  if (flags.kind === 'ended') return flags.code;
  const named = namePull(context, flags.operands[0], flags.options);
  if ('kind' in named) return named.code;
  const pull = await readPull(named);
  const comments = await readComments(named);
  if (flags.options.json) {
    context.write(`${JSON.stringify({ ...pull, comments }, null, 2)}\n`);
    return exitCodes.ok;
  }
  const shown = comments.filter(({ hidden }) => !hidden).map(conversation);
  context.write([facts(pull), statuses(pull), ...shown].filter((part) => part !== '').join('\n'));
  return exitCodes.ok;
}

function facts(pull: PullInFull): string {
  const { head, base, state, draft, commands, closed_by: by, merge_problem: problem } = pull;
  const ended = by === null ? '' : ` by ${by}, ${shortTime(pull.closed_at, '')}`;
  return renderTable([
    ['Title', pull.title],
    ['Number', `${pull.number} of ${pull.repository.full_name}`],
    ['State', `${draft && state === 'open' ? 'draft' : state}${ended}`],
    ['Branches', `${head.branch} into ${base.branch}`],
    ['Commit', head.sha],
    ['Opened', `by ${pull.author}, ${shortTime(pull.created_at, '')}`],
    ...(pull.labels.length === 0 ? [] : [['Labels', pull.labels.join(', ')]]),
    ['Approved', pull.approved_by.length === 0 ? 'no' : `by ${pull.approved_by.join(', ')}`],
    ...(state === 'open' ? [['Mergeable', problem === null ? 'yes' : `no: ${problem}`]] : []),
    ...commands.map(({ kind, state: progress }) => ['Command', `${kind}, ${progress}`]),
  ]);
}

function statuses({ statuses: found }: PullInFull): string {
  if (found.length === 0) return '';
  const lines = found.map(({ context, state, description }) => [context, state, harmless(description)]);
  return renderTable([['STATUS', 'STATE', 'WHAT IT SAYS'], ...lines]);
}

function conversation({ author, created_at: time, body }: ShownComment): string {
  return `--- ${author}, ${shortTime(time, '')}\n\n${harmless(body).trim()}\n`;
}
