import type { Actor } from '../access/index.ts';
import { type Db, lockRow, type Tx } from '../db/index.ts';
import { recordChanges } from './change-log.ts';
import { nextState } from './state.ts';
import { insertStopAction } from './stop-action-store.ts';
import type { FoundActions, StopAction, StopActions } from './stop-actions.ts';
import { findById, updateEnvironments } from './store.ts';
import type { Environment } from './types.ts';

export type StopDeps = { readonly db: Db; readonly stopActions: StopActions };

export type StopOrder = {
  /** Run no stop actions: it is stopped at once. */
  readonly force: boolean;
  readonly actor: Actor;
  /** For people; it is kept with the environment while it is stopping. */
  readonly reason: string;
  readonly now: number;
};

export type StopResult =
  /** The environment as it is now: `stopping`, `stopped`, or unchanged when there was nothing to do. */
  | { readonly kind: 'done'; readonly environment: Environment }
  | { readonly kind: 'not_found' }
  /** The actor may not start its stop actions. */
  | { readonly kind: 'refused'; readonly reason: string };

const defaultTimeLimit = 3_600_000;

/**
 * Stops an environment: at once when nothing has to be run for it, else its stop actions are started. Asking again
 * while it is stopping or stopped changes nothing.
 */
export async function stopEnvironment(
  deps: StopDeps,
  target: { readonly repoId: number; readonly environmentId: number },
  order: StopOrder,
): Promise<StopResult> {
  const { repoId, environmentId: id } = target;
  return deps.db.transaction(async (tx): Promise<StopResult> => {
    await lockRow(tx, 'environments', id);
    const environment = await findById(tx, repoId, id);
    if (!environment) return { kind: 'not_found' };
    const { refused } = await stopAll(tx, deps.stopActions, { environments: [environment], order });
    const reason = refused.get(id);
    if (reason !== undefined) return { kind: 'refused', reason };
    return { kind: 'done', environment: (await findById(tx, repoId, id)) ?? environment };
  });
}

export type StopTally = {
  /** Ids by what became of them. */
  readonly stopped: readonly number[];
  readonly stopping: readonly number[];
  readonly unchanged: readonly number[];
  /** Why the actor may not start the actions of these. */
  readonly refused: ReadonlyMap<number, string>;
};

/** Stops many in one transaction that holds their rows. */
export async function stopAll(
  tx: Tx,
  stopActions: StopActions,
  { environments, order }: { readonly environments: readonly Environment[]; readonly order: StopOrder },
): Promise<StopTally> {
  const legal = environments.filter(({ state }) => nextState(order.force ? 'stop_complete' : 'stop', state));
  const found = order.force
    ? new Map<number, FoundActions>()
    : await stopActions(tx, { environments: legal, actor: order.actor });
  const stopped: Environment[] = [];
  const stopping: number[] = [];
  const refused = new Map<number, string>();
  for (const environment of legal) {
    const entry = found.get(environment.id) ?? { kind: 'actions', actions: [] };
    if (entry.kind === 'refused') refused.set(environment.id, entry.reason);
    else if (entry.actions.length > 0) {
      await startActions(tx, environment, { actions: entry.actions, order });
      stopping.push(environment.id);
    } else if (order.force || environment.autoStopSetting === 'always') stopped.push(environment);
  }
  await markStopped(tx, stopped, order);
  const changed = new Set([...stopped.map(({ id }) => id), ...stopping, ...refused.keys()]);
  const unchanged = environments.map(({ id }) => id).filter((id) => !changed.has(id));
  return { stopped: stopped.map(({ id }) => id), stopping, unchanged, refused };
}

/** Makes environments `stopped`, which ends whatever was to stop them. */
export async function markStopped(
  tx: Tx,
  environments: readonly Environment[],
  order: Pick<StopOrder, 'actor' | 'reason' | 'now'>,
): Promise<void> {
  const { actor, reason, now } = order;
  for (const round of new Set(environments.map(({ stopRound }) => stopRound))) {
    const ids = environments.filter(({ stopRound }) => stopRound === round).map(({ id }) => id);
    await updateEnvironments(tx, ids, {
      state: 'stopped',
      autoStopAt: null,
      ...noTimer,
      stopFailures: 0,
      stopRound: round + 1,
      now,
    });
  }
  await recordChanges(
    tx,
    environments.map(({ id, state }) => ({
      environmentId: id,
      actorId: actor.id,
      kind: 'stopped' as const,
      reason,
      data: { from: state },
      now,
    })),
  );
}

const noTimer = { stopDueAt: null, stopCause: null, stoppingReason: null, stoppingUntil: null } as const;

async function startActions(
  tx: Tx,
  environment: Environment,
  { actions, order }: { readonly actions: readonly StopAction[]; readonly order: StopOrder },
): Promise<void> {
  const { actor, reason, now } = order;
  const limit = Math.max(...actions.map(({ timeLimitMs = defaultTimeLimit }) => timeLimitMs));
  const round = environment.stopRound + 1;
  await updateEnvironments(tx, [environment.id], {
    ...noTimer,
    state: 'stopping',
    stoppingReason: reason,
    stoppingUntil: now + limit,
    stopRound: round,
    now,
  });
  const data = { actions: actions.map(({ name }) => name), until: now + limit };
  await recordChanges(tx, [{ environmentId: environment.id, actorId: actor.id, kind: 'stopping', reason, data, now }]);
  for (const action of actions) {
    const actionId = await insertStopAction(tx, { environmentId: environment.id, round, name: action.name, now });
    await action.start(tx, { actionId, environment, actor, reason });
  }
}
