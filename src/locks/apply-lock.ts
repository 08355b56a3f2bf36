import type { Actor } from '../access/index.ts';
import { type Db, type DbHandle, isUniqueViolation } from '../db/index.ts';
import { insertApplyLock, selectApplyLock, updateApplyLocksReleased } from './store.ts';

/** The global apply lock: while it is held, nothing is applied. */
export type ApplyLock = { readonly heldSince: number; readonly heldBy: string };

/** The lock when it is held. */
export async function getApplyLock(db: DbHandle): Promise<ApplyLock | undefined> {
  const row = await selectApplyLock(db);
  return row && { heldSince: row.created_at, heldBy: row.actor_login };
}

/** Takes the global apply lock and returns it; one that is held already is returned as it is. */
export async function holdApplyLock(db: Db, actor: Actor, now: number): Promise<ApplyLock> {
  try {
    return await db.transaction(async (tx) => {
      const held = await getApplyLock(tx);
      if (held) return held;
      await insertApplyLock(tx, { actor_id: actor.id, created_at: now });
      return { heldSince: now, heldBy: actor.login };
    });
  } catch (error) {
    const held = isUniqueViolation(error) ? await getApplyLock(db) : undefined;
    if (held) return held;
    throw error;
  }
}

/** Releases the global apply lock; false when it was not held. */
export async function releaseApplyLock(db: Db, actor: Actor, now: number): Promise<boolean> {
  return db.transaction((tx) => updateApplyLocksReleased(tx, { actorId: actor.id, now }));
}
