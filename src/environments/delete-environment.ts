import type { Actor } from '../access/index.ts';
import { type Db, lockRow, type Tx } from '../db/index.ts';
import { recordChanges } from './change-log.ts';
import { deleteDeploymentsOf } from './deployments/store.ts';
import { mayBeDeleted } from './state.ts';
import { deleteStopActionsOf } from './stop-action-store.ts';
import { markStopped } from './stop-environment.ts';
import { deleteRows, findById } from './store.ts';
import type { Environment } from './types.ts';

export type DeleteOrder = {
  /** Stop it first, without its stop actions, when it is not stopped. */
  readonly force: boolean;
  /** Only when it was not changed after this; null for whatever it is. Milliseconds, of which the second counts. */
  readonly unmodifiedSince: number | null;
  readonly actor: Actor;
  readonly now: number;
};

export type DeleteResult = 'deleted' | 'not_found' | 'not_stopped' | 'modified';

/** Deletes a stopped environment with its deployments. Its name is free again, its log stays in the database. */
export async function deleteEnvironment(
  db: Db,
  target: { readonly repoId: number; readonly environmentId: number },
  order: DeleteOrder,
): Promise<DeleteResult> {
  const { actor, now } = order;
  return db.transaction(async (tx): Promise<DeleteResult> => {
    await lockRow(tx, 'environments', target.environmentId);
    const environment = await findById(tx, target.repoId, target.environmentId);
    if (!environment) return 'not_found';
    const stopped = mayBeDeleted(environment.state);
    if (!stopped && !order.force) return 'not_stopped';
    const lastChange = Math.floor(environment.updatedAt / 1000) * 1000;
    if (order.unmodifiedSince !== null && order.unmodifiedSince < lastChange) return 'modified';
    const reason = 'deleted by force';
    if (!stopped) await markStopped(tx, [environment], { actor, reason, now });
    await deleteAll(tx, [environment], { actor, reason: stopped ? null : reason, now });
    return 'deleted';
  });
}

/** Deletes stopped environments with all that belongs to them, in a transaction that holds their rows. */
export async function deleteAll(
  tx: Tx,
  environments: readonly Environment[],
  why: { readonly actor: Actor; readonly reason: string | null; readonly now: number },
): Promise<void> {
  if (environments.length === 0) return;
  const ids = environments.map(({ id }) => id);
  await deleteStopActionsOf(tx, ids);
  await deleteDeploymentsOf(tx, ids);
  await deleteRows(tx, ids);
  await recordChanges(
    tx,
    environments.map(({ id, repoId, name }) => ({
      environmentId: id,
      actorId: why.actor.id,
      kind: 'deleted' as const,
      reason: why.reason,
      data: { repoId, name },
      now: why.now,
    })),
  );
}
