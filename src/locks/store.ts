import type { Selectable } from 'kysely';
import type { Actor } from '../access/index.ts';
import type { ApplyLocksTable, DbHandle, LocksTable, Tx } from '../db/index.ts';
import type { LockNameParts } from './lock-name.ts';
import type { Lock, LockedProject, LockHolder, PullLocks } from './types.ts';

type Row = Selectable<LocksTable> & {
  full_name: string;
  host: string;
  actor_kind: Actor['kind'];
  actor_login: string;
};

function lockQuery(db: DbHandle) {
  return db.query
    .selectFrom('locks')
    .innerJoin('repos', 'repos.id', 'locks.repo_id')
    .innerJoin('users', 'users.id', 'locks.actor_id')
    .selectAll('locks')
    .select(['repos.full_name', 'repos.host', 'users.kind as actor_kind', 'users.login as actor_login']);
}

/** The ids of all held locks, oldest first. */
export async function selectHeldIds(db: DbHandle): Promise<number[]> {
  const rows = await db.query.selectFrom('locks').select('id').where('released_at', 'is', null).orderBy('id').execute();
  return rows.map((row) => row.id);
}

/** Those of these ids that are held, in portions, since statements take a limited number of parameters. */
export async function selectHeldAmong(db: DbHandle, ids: readonly number[]): Promise<Lock[]> {
  const portion = 500;
  const locks: Lock[] = [];
  for (let start = 0; start < ids.length; start += portion) {
    const rows = await lockQuery(db)
      .where('locks.id', 'in', ids.slice(start, start + portion))
      .where('locks.released_at', 'is', null)
      .execute();
    locks.push(...rows.map(toLock));
  }
  return locks;
}

/** All held locks, oldest first. */
export async function selectHeld(db: DbHandle): Promise<Lock[]> {
  const rows = await lockQuery(db).where('locks.released_at', 'is', null).orderBy('locks.id').execute();
  return rows.map(toLock);
}

/** Changes whenever the held locks do: ids are never given twice, and a released lock is never held again. */
export async function selectHeldStamp(db: DbHandle): Promise<string> {
  const { held, newest, total } = await db.query
    .selectFrom('locks')
    .select((select) => [
      select.fn.countAll().as('held'),
      select.fn.max('id').as('newest'),
      select.fn.sum('id').as('total'),
    ])
    .where('released_at', 'is', null)
    .executeTakeFirstOrThrow();
  return [held, newest, total].join('/');
}

/** Held locks of any project in this folder and workspace. */
export async function selectHeldIn(db: DbHandle, place: Omit<LockedProject, 'projectName'>): Promise<Lock[]> {
  const rows = await lockQuery(db)
    .where('locks.repo_id', '=', place.repoId)
    .where('locks.dir', '=', place.dir)
    .where('locks.workspace', '=', place.workspace)
    .where('locks.released_at', 'is', null)
    .execute();
  return rows.map(toLock);
}

/** Held locks of a pull request, oldest first. */
export async function selectHeldByPull(db: DbHandle, { repoId, pullNumber, project }: PullLocks): Promise<Lock[]> {
  let query = lockQuery(db)
    .where('locks.repo_id', '=', repoId)
    .where('locks.holder', '=', 'pull')
    .where('locks.pull_number', '=', pullNumber)
    .where('locks.released_at', 'is', null)
    .orderBy('locks.id');
  if (project) {
    query = query
      .where('locks.dir', '=', project.dir)
      .where('locks.workspace', '=', project.workspace)
      .where('locks.project_name', '=', project.name);
  }
  return (await query.execute()).map(toLock);
}

export async function selectLock(db: DbHandle, id: number): Promise<Lock | undefined> {
  const row = await lockQuery(db).where('locks.id', '=', id).executeTakeFirst();
  return row && toLock(row);
}

/**
 * The newest lock of this name of each repo, held ones first: a project has one at a time. The repo may be named with its
 * host.
 */
export async function selectNamed(db: DbHandle, name: LockNameParts): Promise<Lock[]> {
  const slash = name.repoFullName.indexOf('/');
  const [host, onHost] = [name.repoFullName.slice(0, slash), name.repoFullName.slice(slash + 1)];
  const newest = db.query
    .selectFrom('locks')
    .innerJoin('repos', 'repos.id', 'locks.repo_id')
    .select(({ fn }) => fn.max('locks.id').as('id'))
    .where(({ or, and, eb }) =>
      or([
        eb('repos.full_name', '=', name.repoFullName),
        and([eb('repos.host', '=', host), eb('repos.full_name', '=', onHost)]),
      ]),
    )
    .where('locks.dir', '=', name.dir)
    .where('locks.workspace', '=', name.workspace)
    .where('locks.project_name', '=', name.projectName)
    .groupBy('locks.repo_id');
  const rows = await lockQuery(db)
    .where('locks.id', 'in', newest)
    .orderBy((order) => order.case().when('locks.released_at', 'is', null).then(0).else(1).end())
    .orderBy('locks.id', 'desc')
    .execute();
  return rows.map(toLock);
}

export async function insertLock(
  tx: Tx,
  lock: LockedProject & { holder: LockHolder; actorId: number; now: number },
): Promise<number> {
  const { holder } = lock;
  const { id } = await tx.query
    .insertInto('locks')
    .values({
      repo_id: lock.repoId,
      dir: lock.dir,
      workspace: lock.workspace,
      project_name: lock.projectName,
      holder: holder.kind,
      run_id: holder.kind === 'manual' ? null : holder.runId,
      pull_number: holder.kind === 'pull' ? holder.pullNumber : null,
      pull_url: holder.kind === 'pull' ? holder.pullUrl : null,
      note: holder.kind === 'manual' ? holder.note : null,
      actor_id: lock.actorId,
      created_at: lock.now,
      released_at: null,
      released_by: null,
      release_reason: null,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

export type Release = { readonly actorId: number; readonly reason: string; readonly now: number };

/** Releases a held lock; false when it was not held any more. */
export async function updateReleased(tx: Tx, id: number, release: Release): Promise<boolean> {
  const result = await tx.query
    .updateTable('locks')
    .set({ released_at: release.now, released_by: release.actorId, release_reason: release.reason })
    .where('id', '=', id)
    .where('released_at', 'is', null)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** Releases the lock on a project when this run took it. */
export async function updateRunLockReleased(
  tx: Tx,
  project: LockedProject,
  release: Release & { readonly runId: number },
): Promise<void> {
  await tx.query
    .updateTable('locks')
    .set({ released_at: release.now, released_by: release.actorId, release_reason: release.reason })
    .where('repo_id', '=', project.repoId)
    .where('dir', '=', project.dir)
    .where('workspace', '=', project.workspace)
    .where('project_name', '=', project.projectName)
    .where('run_id', '=', release.runId)
    .where('released_at', 'is', null)
    .execute();
}

/** The global apply lock that is held, if one is. */
export async function selectApplyLock(db: DbHandle) {
  return db.query
    .selectFrom('apply_locks')
    .innerJoin('users', 'users.id', 'apply_locks.actor_id')
    .select(['apply_locks.id', 'apply_locks.created_at', 'users.login as actor_login'])
    .where('released_at', 'is', null)
    .orderBy('apply_locks.id')
    .executeTakeFirst();
}

export async function insertApplyLock(tx: Tx, lock: Pick<ApplyLocksTable, 'actor_id' | 'created_at'>): Promise<void> {
  await tx.query
    .insertInto('apply_locks')
    .values({ ...lock, released_at: null, released_by: null })
    .execute();
}

/** Releases every global apply lock; false when none was held. */
export async function updateApplyLocksReleased(tx: Tx, release: Omit<Release, 'reason'>): Promise<boolean> {
  const result = await tx.query
    .updateTable('apply_locks')
    .set({ released_at: release.now, released_by: release.actorId })
    .where('released_at', 'is', null)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

function toLock(row: Row): Lock {
  return {
    id: row.id,
    repoId: row.repo_id,
    repoFullName: row.full_name,
    repoHost: row.host,
    dir: row.dir,
    workspace: row.workspace,
    projectName: row.project_name,
    holder: toHolder(row),
    actor: { id: row.actor_id, kind: row.actor_kind, login: row.actor_login },
    createdAt: row.created_at,
    releasedAt: row.released_at,
    releaseReason: row.release_reason,
  };
}

function toHolder(row: Row): LockHolder {
  if (row.holder === 'manual') return { kind: 'manual', note: row.note ?? '' };
  if (row.holder === 'run') return { kind: 'run', runId: row.run_id ?? 0 };
  return { kind: 'pull', pullNumber: row.pull_number ?? 0, pullUrl: row.pull_url ?? '', runId: row.run_id ?? 0 };
}
