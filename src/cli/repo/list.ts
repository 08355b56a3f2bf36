import { type Db, withoutPassword } from '../../db/index.ts';
import { listRepos, type Repo } from '../../repos/index.ts';
import type { CliContext } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { jsonFlag, readFlags } from '../read-flags.ts';
import { renderTable } from '../render-table.ts';
import { databaseFlags, withDatabase } from '../with-database.ts';
import { shownRepo } from './shown-repo.ts';

export const repoListForm = {
  usage: 'polder repo list [flags]',
  description: 'Lists the repositories that the server knows: it knows one from the first request that names it.',
  operands: 0,
  rows: { ...databaseFlags, ...jsonFlag },
} as const;

const portion = 1000;

/** `polder repo list`: a table for people, or with `--json` an array. Oldest first. */
export async function runRepoList(context: CliContext): Promise<number> {
  const flags = readFlags(context, repoListForm);
  if (flags.kind === 'ended') return flags.code;
  const { databaseUrl, json } = flags.options;
  const repos = await withDatabase(databaseUrl, allRepos);
  context.write(json ? `${JSON.stringify(repos.map(shownRepo), null, 2)}\n` : table(repos, databaseUrl));
  return exitCodes.ok;
}

async function allRepos(db: Db): Promise<Repo[]> {
  const repos: Repo[] = [];
  for (let offset = 0; ; offset += portion) {
    const some = await listRepos(db, { only: null, own: false }, { offset, limit: portion });
    repos.push(...some);
    if (some.length < portion) return repos.reverse();
  }
}

function table(repos: readonly Repo[], databaseUrl: string): string {
  if (repos.length === 0) return `There are no repositories in ${withoutPassword(databaseUrl)}.\n`;
  const lines = repos.map(({ id, host, fullName, visibility }) => [String(id), host, fullName, visibility]);
  return renderTable([['ID', 'HOST', 'NAME', 'VISIBILITY'], ...lines]);
}
