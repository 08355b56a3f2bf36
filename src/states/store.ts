import type { Insertable, Selectable } from 'kysely';
import type { DbHandle, StateVersionsTable, Tx } from '../db/index.ts';

export type StateRow = Selectable<StateVersionsTable>;

type Key = { readonly repoId: number; readonly dir: string; readonly workspace: string };

/** The state that counts for this folder and workspace: the newest without a conflict. */
export async function selectCurrent(db: DbHandle, key: Key): Promise<StateRow | undefined> {
  return currentQuery(db, key).selectAll().executeTakeFirst();
}

/** The same without its content. */
export async function selectCurrentId(db: DbHandle, key: Key): Promise<number | undefined> {
  return (await currentQuery(db, key).select('id').executeTakeFirst())?.id;
}

function currentQuery(db: DbHandle, key: Key) {
  return db.query
    .selectFrom('state_versions')
    .where('repo_id', '=', key.repoId)
    .where('dir', '=', key.dir)
    .where('workspace', '=', key.workspace)
    .where('conflict', 'is', null)
    .orderBy('id', 'desc')
    .limit(1);
}

export async function insertVersion(tx: Tx, version: Insertable<StateVersionsTable>): Promise<void> {
  await tx.query.insertInto('state_versions').values(version).execute();
}
