import type { DbHandle } from '../db/index.ts';
import { selectHeldAmong, selectHeldIds, selectHeldStamp } from './store.ts';
import type { Lock } from './types.ts';

/** What was made of every held lock, oldest first. As long as the locks are the same it gives the same array. */
export type HeldLocks<T> = () => Promise<readonly T[]>;

/**
 * Lists the held locks again and again. A lock does not change while it is held, so that each is read, and made
 * something of, only once: ten thousand of them take a tenth of a second.
 */
export function keepHeldLocks<T>(db: DbHandle, make: (lock: Lock) => T): HeldLocks<T> {
  let kept: { readonly stamp: string; readonly made: ReadonlyMap<number, T>; readonly list: readonly T[] } | undefined;
  return async () => {
    const stamp = await selectHeldStamp(db);
    if (kept?.stamp === stamp) return kept.list;
    const ids = await selectHeldIds(db);
    const known = kept?.made ?? new Map<number, T>();
    const others = await selectHeldAmong(
      db,
      ids.filter((id) => !known.has(id)),
    );
    const fresh = new Map(others.map((lock) => [lock.id, make(lock)]));
    const made = new Map<number, T>();
    for (const id of ids) {
      // One that was released since its id was read is in neither.
      const one = known.get(id) ?? fresh.get(id);
      if (one !== undefined) made.set(id, one);
    }
    kept = { stamp, made, list: [...made.values()] };
    return kept.list;
  };
}
