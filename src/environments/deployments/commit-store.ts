import type { DbHandle } from '../../db/index.ts';
import type { CommitInfo } from '../../git/index.ts';

/** Those of the commits that were kept, by full id. */
export async function findCommits(
  handle: DbHandle,
  repoId: number,
  shas: readonly string[],
): Promise<Map<string, CommitInfo>> {
  if (shas.length === 0) return new Map();
  const rows = await handle.query
    .selectFrom('deployed_commits')
    .select(['sha', 'info'])
    .where('repo_id', '=', repoId)
    .where('sha', 'in', [...shas])
    .execute();
  return new Map(rows.map(({ sha, info }) => [sha, JSON.parse(info) as CommitInfo]));
}

/** Keeps commits; those that are kept already stay. */
export async function insertCommits(handle: DbHandle, repoId: number, commits: readonly CommitInfo[]): Promise<void> {
  if (commits.length === 0) return;
  await handle.query
    .insertInto('deployed_commits')
    .values(commits.map((commit) => ({ repo_id: repoId, sha: commit.sha, info: JSON.stringify(commit) })))
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}
