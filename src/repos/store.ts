import type { Selectable } from 'kysely';
import type { DbHandle, ReposTable } from '../db/index.ts';
import type { HostType } from '../vcs/index.ts';
import type { Repo } from './types.ts';

export async function selectRepo(db: DbHandle, id: number): Promise<Repo | undefined> {
  const row = await db.query.selectFrom('repos').selectAll().where('id', '=', id).executeTakeFirst();
  return row && toRepo(row);
}

/** The repos of that full name, of one host when it is given, oldest first. */
export async function selectReposNamed(db: DbHandle, fullName: string, host?: string): Promise<Repo[]> {
  let query = db.query.selectFrom('repos').selectAll().where('full_name', '=', fullName).orderBy('id');
  if (host !== undefined) query = query.where('host', '=', host);
  return (await query.execute()).map(toRepo);
}

/** Inserts the repo and its group unless they are there. */
export async function insertRepoIfNew(
  db: DbHandle,
  repo: { host: string; hostType: HostType; fullName: string; groupPath: string; now: number },
): Promise<void> {
  await db.query
    .insertInto('groups')
    .values({ host: repo.host, path: repo.groupPath, created_at: repo.now })
    .onConflict((conflict) => conflict.columns(['host', 'path']).doNothing())
    .execute();
  const group = await db.query
    .selectFrom('groups')
    .select('id')
    .where('host', '=', repo.host)
    .where('path', '=', repo.groupPath)
    .executeTakeFirstOrThrow();
  await db.query
    .insertInto('repos')
    .values({
      host: repo.host,
      host_type: repo.hostType,
      full_name: repo.fullName,
      group_id: group.id,
      created_at: repo.now,
    })
    .onConflict((conflict) => conflict.columns(['host', 'full_name']).doNothing())
    .execute();
}

export async function updateVisibility(
  db: DbHandle,
  id: number,
  visibility: Repo['visibility'],
): Promise<void> {
  await db.query.updateTable('repos').set({ visibility }).where('id', '=', id).execute();
}

function toRepo(row: Selectable<ReposTable>): Repo {
  return {
    id: row.id,
    host: row.host,
    hostType: row.host_type as HostType,
    fullName: row.full_name,
    groupId: row.group_id,
    visibility: row.visibility,
    createdAt: row.created_at,
  };
}
