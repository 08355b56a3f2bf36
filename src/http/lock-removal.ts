import type { Actor } from '../access/index.ts';
import { findLock, type Lock, releaseLock } from '../locks/index.ts';
import { afterUnlock } from '../pulls/index.ts';
import { getRun, isEnd } from '../runs/index.ts';
import type { HttpDeps } from './deps.ts';

export type LockRemoval =
  | { readonly kind: 'removed'; readonly lock: Lock }
  /** The text cannot be a lock's name. */
  | { readonly kind: 'malformed' }
  /** Nobody holds it, or it is not the caller's to see. */
  | { readonly kind: 'not_held' }
  /** Its run is going on, and two runs must not meet in one project. */
  | { readonly kind: 'in_use'; readonly message: string };

/** Releases the lock of that name for somebody who may. `isVisible` says which locks exist as far as they know. */
export async function removeLock(
  deps: Pick<HttpDeps, 'db' | 'now'>,
  name: string,
  by: { actor: Actor; reason: string; isVisible?: (lock: Lock) => boolean },
): Promise<LockRemoval> {
  const lock = await findLock(deps.db, name);
  if (lock === 'malformed') return { kind: 'malformed' };
  if (!lock || lock.releasedAt !== null || by.isVisible?.(lock) === false) return { kind: 'not_held' };
  const working = await workingRun(deps, lock);
  if (working !== undefined) {
    return { kind: 'in_use', message: `run ${working} holds it and is going on; cancel the run to end it` };
  }
  const release = { actor: by.actor, reason: by.reason, now: deps.now() };
  const isReleased = await deps.db.transaction(async (tx) => {
    if (!(await releaseLock(tx, lock.id, release))) return false;
    await afterUnlock(tx, lock, release.now);
    return true;
  });
  return isReleased ? { kind: 'removed', lock } : { kind: 'not_held' };
}

async function workingRun(deps: Pick<HttpDeps, 'db'>, lock: Lock): Promise<number | undefined> {
  if (lock.holder.kind === 'manual') return undefined;
  const run = await getRun(deps.db, lock.holder.runId);
  return run && !isEnd(run.state) ? run.id : undefined;
}
