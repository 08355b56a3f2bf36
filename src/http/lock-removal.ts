import type { Actor } from '../access/index.ts';
import { lockRow, type Tx } from '../db/index.ts';
import { findLocks, type Lock, lockNameOnHost, releaseLock } from '../locks/index.ts';
import { afterUnlock } from '../pulls/index.ts';
import { getRun, isEnd, type Job, openRunsOfPull } from '../runs/index.ts';
import type { HttpDeps } from './deps.ts';

export type LockRemoval =
  | { readonly kind: 'removed'; readonly lock: Lock }
  /** The text cannot be a lock's name. */
  | { readonly kind: 'malformed' }
  /** Nobody holds it, or it is not the caller's to see. */
  | { readonly kind: 'not_held' }
  /** Several hosts have a repo of that name. */
  | { readonly kind: 'ambiguous'; readonly message: string }
  /** Its run is going on, and two runs must not meet in one project. */
  | { readonly kind: 'in_use'; readonly message: string };

/** Releases the lock of that name for somebody who may. `isVisible` says which locks exist as far as they know. */
export async function removeLock(
  deps: Pick<HttpDeps, 'db' | 'now'>,
  name: string,
  by: { actor: Actor; reason: string; isVisible?: (lock: Lock) => boolean },
): Promise<LockRemoval> {
  const found = await findLocks(deps.db, name);
  if (found === 'malformed') return { kind: 'malformed' };
  const [lock, ...others] = found.filter((one) => by.isVisible?.(one) !== false);
  if (!lock || lock.releasedAt !== null) return { kind: 'not_held' };
  if (others.length > 0) return { kind: 'ambiguous', message: ambiguousText([lock, ...others]) };
  const release = { actor: by.actor, reason: by.reason, now: deps.now() };
  return deps.db.transaction(async (tx): Promise<LockRemoval> => {
    // A job takes its lock with this row held: none can begin between the look and the release.
    await lockRow(tx, 'repos', lock.repoId);
    const working = await workingRun(tx, lock);
    if (working !== undefined) {
      return { kind: 'in_use', message: `run ${working} holds it and is going on; cancel the run to end it` };
    }
    if (!(await releaseLock(tx, lock.id, release))) return { kind: 'not_held' };
    await afterUnlock(tx, lock, release.now);
    return { kind: 'removed', lock };
  });
}

/** What is said of a name that locks of several hosts bear. */
export function ambiguousText(locks: readonly Lock[]): string {
  const names = locks.map((lock) => JSON.stringify(lockNameOnHost(lock)));
  return `${locks.length} hosts have a lock of this name: use ${names.join(' or ')}`;
}

/** The run that works, or is to work, on what the lock guards. That of a pull request is kept from run to run. */
async function workingRun(tx: Tx, lock: Lock): Promise<number | undefined> {
  const { holder, repoId, dir, workspace, projectName } = lock;
  if (holder.kind === 'manual') return undefined;
  const ids =
    holder.kind === 'run' ? [holder.runId] : await openRunsOfPull(tx, { repoId, pullNumber: holder.pullNumber });
  for (const id of ids) {
    const run = await getRun(tx, id);
    if (!run || isEnd(run.state)) continue;
    if (holder.kind === 'run') return id;
    const isMeant = ({ project, state }: Job) =>
      !isEnd(state) && project.dir === dir && project.workspace === workspace && project.name === projectName;
    if (run.jobs.some(isMeant)) return id;
  }
  return undefined;
}
