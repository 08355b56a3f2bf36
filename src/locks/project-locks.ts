import type { Actor } from '../access/index.ts';
import { type Db, type DbHandle, lockRow, type Tx } from '../db/index.ts';
import { parseLockName } from './lock-name.ts';
import {
  insertLock,
  selectHeld,
  selectHeldByPull,
  selectHeldIn,
  selectLock,
  selectNamed,
  updateReleased,
  updateRunLockReleased,
} from './store.ts';
import type { AcquireResult, Lock, LockedProject, LockHolder, PullLocks } from './types.ts';

/**
 * Takes the project's lock, or says who has it. A run or a pull request takes its own lock again without harm; a
 * manual lock is never taken twice. A manual lock without a project name keeps out every project of its folder and
 * workspace.
 */
export async function acquireLock(
  tx: Tx,
  project: LockedProject,
  claim: { holder: LockHolder; actor: Actor; now: number },
): Promise<AcquireResult> {
  // All claims of one repo take turns, so that two cannot both find the place free.
  await lockRow(tx, 'repos', project.repoId);
  const here = await selectHeldIn(tx, project);
  const own = here.find((lock) => lock.projectName === project.projectName && sameHolder(lock.holder, claim.holder));
  if (own) return { kind: 'held', lockId: own.id, fresh: false };
  const by = here.find((lock) => conflicts(lock, project, claim.holder));
  if (by) return { kind: 'blocked', by };
  const lockId = await insertLock(tx, { ...project, holder: claim.holder, actorId: claim.actor.id, now: claim.now });
  return { kind: 'held', lockId, fresh: true };
}

/** The lock of a person that covers a project, for whoever takes none; undefined when there is none. */
export async function findManualLock(tx: Tx, project: LockedProject): Promise<Lock | undefined> {
  await lockRow(tx, 'repos', project.repoId);
  const names = ['', project.projectName];
  const here = await selectHeldIn(tx, project);
  return here.find(({ holder, projectName }) => holder.kind === 'manual' && names.includes(projectName));
}

/** Releases the lock; false when it is not held any more. The row stays, so that its link goes on saying what it was. */
export async function releaseLock(
  tx: Tx,
  lockId: number,
  release: { actor: Actor; reason: string; now: number },
): Promise<boolean> {
  return updateReleased(tx, lockId, { actorId: release.actor.id, reason: release.reason, now: release.now });
}

/**
 * Releases the lock on this project when this run took it, for itself or for its pull request; leaves everybody else's
 * alone.
 */
export async function releaseRunLock(
  tx: Tx,
  project: LockedProject,
  release: { runId: number; actor: Actor; reason: string; now: number },
): Promise<void> {
  const { actor, reason, now } = release;
  await updateRunLockReleased(tx, project, { runId: release.runId, actorId: actor.id, reason, now });
}

/** Releases the locks of a pull request, or only that on one project, and returns what was released. */
export async function releasePullLocks(
  tx: Tx,
  pull: PullLocks,
  release: { actor: Actor; reason: string; now: number },
): Promise<Lock[]> {
  const held = await selectHeldByPull(tx, pull);
  const released: Lock[] = [];
  for (const lock of held) if (await releaseLock(tx, lock.id, release)) released.push(lock);
  return released;
}

/** Every held lock, oldest first. */
export async function listLocks(db: DbHandle): Promise<Lock[]> {
  return selectHeld(db);
}

/** The lock of that id, held or released. */
export async function getLock(db: DbHandle, id: number): Promise<Lock | undefined> {
  return selectLock(db, id);
}

/**
 * The lock that bears (or last bore) this name, that of each repo when several hosts have one of that name and the host is
 * not named. Empty when there never was one, `malformed` when the text cannot be a lock's name.
 */
export async function findLocks(db: DbHandle, name: string): Promise<readonly Lock[] | 'malformed'> {
  const readings = parseLockName(name);
  if (readings.length === 0) return 'malformed';
  let released: readonly Lock[] = [];
  for (const reading of readings) {
    const locks = await selectNamed(db, reading);
    if (locks[0]?.releasedAt === null) return locks;
    if (released.length === 0) released = locks;
  }
  return released;
}

/** A lock taken by a person, for good until somebody releases it. */
export async function takeManualLock(
  db: Db,
  project: LockedProject,
  claim: { note: string; actor: Actor; now: number },
): Promise<AcquireResult> {
  return db.transaction((tx) =>
    acquireLock(tx, project, { holder: { kind: 'manual', note: claim.note }, actor: claim.actor, now: claim.now }),
  );
}

function sameHolder(one: LockHolder, other: LockHolder): boolean {
  if (one.kind === 'run' && other.kind === 'run') return one.runId === other.runId;
  if (one.kind === 'pull' && other.kind === 'pull') return one.pullNumber === other.pullNumber;
  return false;
}

function conflicts(held: Lock, project: LockedProject, claim: LockHolder): boolean {
  if (held.projectName === project.projectName) return true;
  const whole = (lock: { projectName: string }, holder: LockHolder) =>
    lock.projectName === '' && holder.kind === 'manual';
  return whole(held, held.holder) || whole(project, claim);
}
