import type { Actor } from '../access/index.ts';
import type { Db } from '../db/index.ts';
import { requestStops, selectDeployedSince, selectUnchanged } from './cleanup-store.ts';
import { wakeTimers } from './timers.ts';
import type { Environment } from './types.ts';

export type StaleRequest = {
  readonly repoId: number;
  /** Stale is what was neither changed nor deployed to since. */
  readonly before: number;
  readonly isProtected: (environment: Pick<Environment, 'name' | 'tier'>) => boolean;
  readonly actor: Actor;
  readonly now: number;
};

export type StaleTally = {
  /** How many the timer stops now. */
  readonly requested: number;
  /** How many stale ones are left because they are protected. */
  readonly skipped: number;
};

const batch = 1000;

/** Has all stale environments of a repo stopped, except protected ones. Which that are is settled when it returns. */
export async function stopStale(db: Db, request: StaleRequest): Promise<StaleTally> {
  const { repoId, before, isProtected, actor, now } = request;
  const cause = `stale since ${new Date(before).toISOString()}, as ${actor.login} asked`;
  let [requested, skipped, afterId] = [0, 0, 0];
  for (;;) {
    const unchanged = await selectUnchanged(db, { repoId, before, afterId, limit: batch });
    const deployed = await selectDeployedSince(
      db,
      unchanged.map(({ id }) => id),
      before,
    );
    const stale = unchanged.filter(({ id }) => !deployed.has(id));
    const ids = stale.filter((environment) => !isProtected(environment)).map(({ id }) => id);
    if (ids.length > 0) requested += await db.transaction((tx) => requestStops(tx, ids, { cause, before, now }));
    skipped += stale.length - ids.length;
    afterId = unchanged.at(-1)?.id ?? afterId;
    if (unchanged.length < batch) break;
  }
  if (requested > 0) await wakeTimers(db);
  return { requested, skipped };
}
