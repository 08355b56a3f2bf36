import type { CliContext } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { findOneRepo } from '../find-repo.ts';
import { jsonFlag, readFlags } from '../read-flags.ts';
import { renderTable } from '../render-table.ts';
import { databaseFlags, withDatabase } from '../with-database.ts';
import { shownRepo } from './shown-repo.ts';

export const repoShowForm = {
  usage: 'polder repo show <owner>/<name> [flags]',
  description:
    'Shows a repository: its id, which requests may use in the place of its name, and who may see it.\nWhere two hosts have the name, write <host>/<owner>/<name>.',
  operands: 1,
  rows: { ...databaseFlags, ...jsonFlag },
} as const;

/** `polder repo show`. */
export async function runRepoShow(context: CliContext): Promise<number> {
  const flags = readFlags(context, repoShowForm);
  if (flags.kind === 'ended') return flags.code;
  const [reference = ''] = flags.operands;
  const { databaseUrl, json } = flags.options;
  const found = await withDatabase(databaseUrl, (db) => findOneRepo(db, reference));
  if (found.kind === 'refused') {
    context.complain(found.message);
    return exitCodes.fault;
  }
  const shown = shownRepo(found.repo);
  const rows = Object.entries(shown).map(([name, value]) => [`${name.replace('_', ' ')}:`, String(value)]);
  context.write(json ? `${JSON.stringify(shown)}\n` : renderTable(rows));
  return exitCodes.ok;
}
