import type { Insertable, Selectable } from 'kysely';
import type { DbHandle, StateVersionsTable, Tx } from '../db/index.ts';

export type StateRow = Selectable<StateVersionsTable>;

/** The state that counts for this folder and workspace: the newest without a conflict. */
export async function selectCurrent(
  db: DbHandle,
  key: { repoId: number; dir: string; workspace: string },
): Promise<StateRow | undefined> {
  return db.query
    .selectFrom('state_versions')
    .selectAll()
    .where('repo_id', '=', key.repoId)
    .where('dir', '=', key.dir)
    .where('workspace', '=', key.workspace)
    .where('conflict', 'is', null)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
}

export async function insertVersion(tx: Tx, version: Insertable<StateVersionsTable>): Promise<void> {
  await tx.query.insertInto('state_versions').values(version).execute();
}
