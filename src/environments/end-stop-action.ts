import type { Actor } from '../access/index.ts';
import { lockRow, type Tx } from '../db/index.ts';
import { timerAfterFailure } from './auto-stop.ts';
import { recordChange } from './change-log.ts';
import { nextState } from './state.ts';
import { findStopAction, hasOpenStopAction, setStopActionEnded } from './stop-action-store.ts';
import { markStopped } from './stop-environment.ts';
import { findByIds, updateEnvironments } from './store.ts';
import type { Environment } from './types.ts';

export type StopActionEnd = {
  readonly actionId: number;
  readonly outcome: 'succeeded' | 'failed';
  /** Why it failed, for people. */
  readonly message: string | null;
  readonly actor: Actor;
  readonly now: number;
};

/**
 * Takes in how a stop action ended: the environment is stopped when it was the last one, and available again when it
 * failed. Nothing changes when the stop it belongs to is over already; it may be told twice.
 */
export async function endStopAction(tx: Tx, end: StopActionEnd): Promise<void> {
  const action = await findStopAction(tx, end.actionId);
  if (!action || action.ended) return;
  await lockRow(tx, 'environments', action.environmentId);
  await setStopActionEnded(tx, end.actionId, end);
  const [environment] = await findByIds(tx, [action.environmentId]);
  if (environment?.state !== 'stopping' || environment.stopRound !== action.round) return;
  if (end.outcome === 'failed') {
    const reason = `the stop action ${action.name} failed${end.message === null ? '' : `: ${end.message}`}`;
    await recover(tx, environment, { ...end, reason });
  } else if (!(await hasOpenStopAction(tx, environment.id, action.round))) {
    const reason = environment.stoppingReason ?? 'its stop actions ended';
    await markStopped(tx, [environment], { actor: end.actor, reason, now: end.now });
  }
}

/** Makes an environment whose stop went wrong available again, so that it can be repeated. */
export async function recover(
  tx: Tx,
  environment: Environment,
  why: { readonly actor: Actor; readonly reason: string; readonly now: number },
): Promise<void> {
  const state = nextState('recover_stuck_stopping', environment.state);
  if (!state) return;
  const { actor, reason, now } = why;
  const timer = timerAfterFailure(environment, now);
  await updateEnvironments(tx, [environment.id], {
    ...timer,
    state,
    stoppingReason: null,
    stoppingUntil: null,
    stopRound: environment.stopRound + 1,
    now,
  });
  await recordChange(tx, {
    environmentId: environment.id,
    actorId: actor.id,
    kind: 'stop_failed',
    reason,
    data: { failures: timer.stopFailures, nextStopAt: timer.stopDueAt },
    now,
  });
}
