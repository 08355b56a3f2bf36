import type { Actor } from '../access/index.ts';
import type { Db } from '../db/index.ts';
import { recordChanges } from './change-log.ts';
import { lockCleanup, selectDeletable, unlockCleanup } from './cleanup-store.ts';
import { updateEnvironments } from './store.ts';
import type { Environment } from './types.ts';

export type ScheduleOrder = {
  readonly repoId: number;
  /** The first part of their names. */
  readonly folder: string;
  /** Only those made before. */
  readonly before: number;
  /** At most as many, the oldest first. */
  readonly limit: number;
  /** How long until they are deleted, in milliseconds. */
  readonly delay: number;
  /** Only tell which ones. */
  readonly dryRun: boolean;
  /** Whether the actor may delete it. */
  readonly mayDelete: (environment: Environment) => boolean;
  readonly actor: Actor;
  readonly now: number;
};

export type ScheduleResult =
  | { readonly kind: 'scheduled'; readonly environments: readonly Environment[] }
  /** The actor may not delete these, so that nothing was scheduled. */
  | { readonly kind: 'forbidden'; readonly environments: readonly Environment[] }
  /** Another call is at it. */
  | { readonly kind: 'busy' };

/** A lock whose holder died is free after this. */
const lockTime = 120_000;

/** Schedules the deletion of stopped environments of a folder that are not scheduled yet: all of them or none. */
export async function scheduleDeletions(db: Db, order: ScheduleOrder): Promise<ScheduleResult> {
  const { repoId, now } = order;
  const until = now + lockTime;
  if (!(await db.transaction((tx) => lockCleanup(tx, { repoId, until, now })))) return { kind: 'busy' };
  try {
    return await schedule(db, order);
  } finally {
    await unlockCleanup(db, repoId, until);
  }
}

async function schedule(db: Db, order: ScheduleOrder): Promise<ScheduleResult> {
  const { dryRun, delay, actor, now } = order;
  const deleteAt = now + delay;
  return db.transaction(async (tx): Promise<ScheduleResult> => {
    const environments = await selectDeletable(tx, order);
    const forbidden = environments.filter((environment) => !order.mayDelete(environment));
    if (forbidden.length > 0) return { kind: 'forbidden', environments: forbidden };
    if (dryRun) return { kind: 'scheduled', environments };
    await updateEnvironments(
      tx,
      environments.map(({ id }) => id),
      { autoDeleteAt: deleteAt, now },
    );
    await recordChanges(
      tx,
      environments.map(({ id }) => ({
        environmentId: id,
        actorId: actor.id,
        kind: 'deletion_scheduled' as const,
        reason: null,
        data: { deleteAt },
        now,
      })),
    );
    const after = environments.map((environment) => ({ ...environment, autoDeleteAt: deleteAt, updatedAt: now }));
    return { kind: 'scheduled', environments: after };
  });
}
