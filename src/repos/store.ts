import { type Selectable, sql } from 'kysely';
import type { DbHandle, ReposTable, Tx } from '../db/index.ts';
import { PolderError } from '../lib/errors.ts';
import type { HostType } from '../vcs/index.ts';
import { ensureGroup } from './group-store.ts';
import type { Group, Repo } from './types.ts';

export async function getRepo(db: DbHandle, id: number): Promise<Repo | undefined> {
  const row = await db.query.selectFrom('repos').selectAll().where('id', '=', id).executeTakeFirst();
  return row && toRepo(row);
}

/**
 * The repos of that full name, one for each host that has it; without one of exactly that name, those that differ in
 * case only.
 */
export async function findReposByName(db: DbHandle, fullName: string): Promise<Repo[]> {
  const query = db.query.selectFrom('repos').selectAll().orderBy('id');
  const exact = await query.where('full_name', '=', fullName).execute();
  if (exact.length > 0) return exact.map(toRepo);
  const similar = await query.where(sql`lower(full_name)`, '=', sql`lower(${fullName})`).execute();
  return similar.map(toRepo);
}

/**
 * The repos that a person or client may mean by `<full name>` or, where that is nobody's, `<host>/<full name>`. More than
 * one when several hosts have that name.
 */
export async function findReposByReference(db: DbHandle, reference: string): Promise<Repo[]> {
  const slash = reference.indexOf('/');
  const named = await findReposByName(db, reference);
  if (named.length > 0 || slash < 0) return named;
  const host = reference.slice(0, slash).toLowerCase();
  const onHosts = await findReposByName(db, reference.slice(slash + 1));
  return onHosts.filter((repo) => repo.host.toLowerCase() === host);
}

/** The repos of a group and of the groups below it, in order of id. */
export async function reposOfGroup(db: DbHandle, group: Pick<Group, 'host' | 'path'>): Promise<Repo[]> {
  const below = `${group.path}/`;
  const rows = await db.query
    .selectFrom('repos')
    .selectAll()
    .where('host', '=', group.host)
    .where(sql`substr(full_name, 1, ${below.length})`, '=', below)
    .orderBy('id')
    .execute();
  return rows.map(toRepo);
}

/** Which repos a list has. All conditions hold together. */
export type RepoFilter = {
  /** Besides this repo only public ones are seen; null: all are. */
  readonly only: number | null;
  /** Without the public ones that are seen merely because they are public. */
  readonly own: boolean;
  /** Part of the full name, whatever the case. */
  readonly search?: string | undefined;
};

/** A page of repos, newest first. */
export async function listRepos(
  db: DbHandle,
  filter: RepoFilter,
  page: { readonly offset: number; readonly limit: number },
): Promise<Repo[]> {
  const rows = matching(db, filter).selectAll().orderBy('id', 'desc').offset(page.offset).limit(page.limit);
  return (await rows.execute()).map(toRepo);
}

export async function countRepos(db: DbHandle, filter: RepoFilter): Promise<number> {
  const count = matching(db, filter).select(({ fn }) => fn.countAll<number>().as('n'));
  return Number((await count.executeTakeFirstOrThrow()).n);
}

function matching(db: DbHandle, { only, own, search }: RepoFilter) {
  let rows = db.query.selectFrom('repos');
  if (only !== null && own) rows = rows.where('id', '=', only);
  else if (only !== null) {
    rows = rows.where((eb) => eb.or([eb('id', '=', only), eb('visibility', '=', 'public')]));
  }
  if (search === undefined) return rows;
  const pattern = `%${search.toLowerCase().replace(/[\\%_]/g, String.raw`\$&`)}%`;
  return rows.where(sql<boolean>`lower(full_name) like ${pattern} escape '\\'`);
}

/** Changes nothing when there is no such repo. */
export async function setVisibility(db: DbHandle, id: number, visibility: Repo['visibility']): Promise<void> {
  await db.query.updateTable('repos').set({ visibility }).where('id', '=', id).execute();
}

export type RepoIdentity = Pick<Repo, 'host' | 'hostType' | 'fullName'>;

export async function selectRepo(db: DbHandle, identity: RepoIdentity): Promise<Repo | undefined> {
  const row = await db.query
    .selectFrom('repos')
    .selectAll()
    .where('host', '=', identity.host)
    .where('full_name', '=', identity.fullName)
    .executeTakeFirst();
  return row && toRepo(row);
}

/** Makes the repo and its groups unless they are there; of several that try at once, one does. */
async function insertRepo(tx: Tx, identity: RepoIdentity, now: number): Promise<void> {
  const { host, hostType, fullName } = identity;
  const path = fullName.slice(0, fullName.lastIndexOf('/'));
  const groupId = await ensureGroup(tx, { host, path }, now);
  await tx.query
    .insertInto('repos')
    .values({ host, host_type: hostType, full_name: fullName, group_id: groupId, created_at: now })
    .onConflict((conflict) => conflict.columns(['host', 'full_name']).doNothing())
    .execute();
}

/**
 * The repo of a name that is known to be right, with its row made when it is the first time that it is named: `findRepo`
 * is for names that anybody may have written.
 */
export async function ensureRepo(tx: Tx, identity: RepoIdentity, now: number): Promise<Repo> {
  const known = await selectRepo(tx, identity);
  if (known) return known;
  await insertRepo(tx, identity, now);
  const made = await selectRepo(tx, identity);
  if (!made) throw new PolderError('internal', `the row of ${identity.host}/${identity.fullName} is gone`);
  return made;
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
