import { type Selectable, sql } from 'kysely';
import type { DbHandle, GroupsTable, Tx } from '../db/index.ts';
import type { Group, Repo } from './types.ts';

/** Makes the group of that path and those above it, unless they are there. Gives the id of the one of the path. */
export async function ensureGroup(tx: Tx, group: Pick<Group, 'host' | 'path'>, now: number): Promise<number> {
  const { host, path } = group;
  await tx.query
    .insertInto('groups')
    .values(withAncestors(path).map((each) => ({ host, path: each, created_at: now })))
    .onConflict((conflict) => conflict.columns(['host', 'path']).doNothing())
    .execute();
  const row = await tx.query
    .selectFrom('groups')
    .select('id')
    .where('host', '=', host)
    .where('path', '=', path)
    .executeTakeFirstOrThrow();
  return row.id;
}

export async function getGroup(db: DbHandle, id: number): Promise<Group | undefined> {
  const row = await db.query.selectFrom('groups').selectAll().where('id', '=', id).executeTakeFirst();
  return row && toGroup(row);
}

/** Those of these ids that there are, by id. */
export async function findGroups(db: DbHandle, ids: readonly number[]): Promise<Map<number, Group>> {
  if (ids.length === 0) return new Map();
  const rows = await db.query
    .selectFrom('groups')
    .selectAll()
    .where('id', 'in', [...new Set(ids)])
    .execute();
  return new Map(rows.map((row) => [row.id, toGroup(row)]));
}

/**
 * The groups that a person or client may mean by a path or, where that is nobody's, by `<host>/<path>`, whatever the
 * case. More than one when several hosts have it.
 */
export async function findGroupsByReference(db: DbHandle, reference: string): Promise<Group[]> {
  const named = await findByPath(db, reference);
  const slash = reference.indexOf('/');
  if (named.length > 0 || slash < 0) return named;
  const host = reference.slice(0, slash).toLowerCase();
  const onHosts = await findByPath(db, reference.slice(slash + 1));
  return onHosts.filter((group) => group.host.toLowerCase() === host);
}

/** The groups that a repo is in: its own, and those above. */
export async function groupsOfRepo(db: DbHandle, repo: Pick<Repo, 'host' | 'fullName'>): Promise<Group[]> {
  const path = repo.fullName.slice(0, Math.max(repo.fullName.lastIndexOf('/'), 0));
  const rows = await db.query
    .selectFrom('groups')
    .selectAll()
    .where('host', '=', repo.host)
    .where('path', 'in', withAncestors(path))
    .execute();
  return rows.map(toGroup);
}

/** `a/b` gives `a` and `a/b`. */
function withAncestors(path: string): string[] {
  const parts = path.split('/');
  return parts.map((_, at) => parts.slice(0, at + 1).join('/'));
}

async function findByPath(db: DbHandle, path: string): Promise<Group[]> {
  const rows = await db.query
    .selectFrom('groups')
    .selectAll()
    .where(sql`lower(path)`, '=', sql`lower(${path})`)
    .orderBy('id')
    .execute();
  return rows.map(toGroup);
}

function toGroup(row: Selectable<GroupsTable>): Group {
  return { id: row.id, host: row.host, path: row.path, createdAt: row.created_at };
}
