import { randomUUID } from 'node:crypto';
import type { DbHandle } from '../../src/db/index.ts';

/** Adds a group with this path and gives its id. */
export async function addGroup(db: DbHandle, path: string = randomUUID()): Promise<number> {
  const row = { host: 'local', path, created_at: 0 };
  const { id } = await db.query.insertInto('groups').values(row).returning('id').executeTakeFirstOrThrow();
  return id;
}

/** Adds a repo with some name to the group and gives its id. */
export async function addRepo(db: DbHandle, groupId: number): Promise<number> {
  const row = { host: 'local', host_type: 'Local', full_name: randomUUID(), group_id: groupId, created_at: 0 };
  const { id } = await db.query.insertInto('repos').values(row).returning('id').executeTakeFirstOrThrow();
  return id;
}

export async function groupIds(db: DbHandle): Promise<number[]> {
  const rows = await db.query.selectFrom('groups').select('id').orderBy('id').execute();
  return rows.map(({ id }) => id);
}
