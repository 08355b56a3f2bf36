import { type Actor, ensureSystemUser } from '../access/index.ts';
import { type Db, type DbHandle, noticeWaiter, type Tx } from '../db/index.ts';
import { errorText } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import { armedTimer } from './auto-stop.ts';
import { recordChanges } from './change-log.ts';
import { deleteAll } from './delete-environment.ts';
import { recover } from './end-stop-action.ts';
import type { StopActions } from './stop-actions.ts';
import { stopAll } from './stop-environment.ts';
import { updateEnvironments } from './store.ts';
import { claimDue, nextTime } from './timer-store.ts';
import type { Environment } from './types.ts';

export type TimerDeps = {
  readonly db: Db;
  readonly log: Log;
  readonly now: () => number;
  readonly stopActions: StopActions;
};

const channel = 'environment-timers';
/** A time that was set since the last look, without a notice, is late by at most this. */
const lookEveryMs = 1000;
const afterTroubleMs = 1000;
const batch = 500;

/** Tells the timers of all replicas to look now. */
export async function wakeTimers(handle: DbHandle): Promise<void> {
  await handle.notify(channel, '');
}

/**
 * Does what is due for environments, when it is due: stops them, deletes them, and gives up stops that take too long.
 * Times are kept in the database, so that they outlive the process; with several replicas each is acted on once.
 */
export function startTimers(deps: TimerDeps): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const waiter = noticeWaiter(deps.db, channel);
  const loop = async () => {
    while (!stopping.signal.aborted) {
      const pause = await work(deps, stopping.signal);
      await waiter.next(pause, stopping.signal);
    }
  };
  const looping = loop();
  return {
    stop: async () => {
      stopping.abort();
      await looping;
      waiter.close();
    },
  };
}

/** Does what is due and gives the time until the next look. */
async function work(deps: TimerDeps, signal: AbortSignal): Promise<number> {
  try {
    const next = await nextTime(deps.db);
    if (next === undefined || next > deps.now()) return Math.min(lookEveryMs, (next ?? Infinity) - deps.now());
    let fired = 0;
    do fired = await fireDue(deps);
    while (fired > 0 && !signal.aborted);
    // What another replica holds may become free soon.
    return lookEveryMs / 10;
  } catch (error) {
    deps.log.error({ reason: errorText(error) }, 'looking after the timers of environments went wrong');
    return afterTroubleMs;
  }
}

/** Does one batch of each kind of what is due, and gives how many environments it came to. */
export async function fireDue(deps: Omit<TimerDeps, 'log'>): Promise<number> {
  const actor = await ensureSystemUser(deps.db, 'polder', deps.now());
  return (await stopDue(deps, actor)) + (await giveUpStops(deps, actor)) + (await deleteDue(deps, actor));
}

async function stopDue({ db, now, stopActions }: Omit<TimerDeps, 'log'>, actor: Actor): Promise<number> {
  return db.transaction(async (tx) => {
    const due = await claimDue(tx, 'stop_due_at', { now: now(), limit: batch });
    for (const reason of new Set(due.map(({ stopCause }) => stopCause ?? 'its time came'))) {
      const environments = due.filter(({ stopCause }) => (stopCause ?? 'its time came') === reason);
      const order = { force: false, actor, reason, now: now() };
      const { unchanged, refused } = await stopAll(tx, stopActions, { environments, order });
      const left = [...unchanged, ...refused.keys()];
      await endTimers(
        tx,
        environments.filter(({ id }) => left.includes(id)),
        now(),
      );
      const why = (id: number) => refused.get(id) ?? 'it is only to be stopped by a stop action, and has none';
      const skipped = left.map((id) => ({ environmentId: id, actorId: actor.id, reason: why(id), now: now() }));
      await recordChanges(
        tx,
        skipped.map((change) => ({ ...change, kind: 'stop_skipped' as const })),
      );
    }
    return due.length;
  });
}

/** Nobody may stop these: what was due is over, a time that came stays to be seen, and one that is to come stays set. */
async function endTimers(tx: Tx, environments: readonly Environment[], now: number): Promise<void> {
  const over = environments.filter(({ autoStopAt }) => autoStopAt === null || autoStopAt <= now);
  const none = { stopDueAt: null, stopCause: null };
  await updateEnvironments(
    tx,
    over.map(({ id }) => id),
    { ...none, now },
  );
  for (const { id, autoStopAt } of environments) {
    if (autoStopAt !== null && autoStopAt > now) await updateEnvironments(tx, [id], { ...armedTimer(autoStopAt), now });
  }
}

async function giveUpStops({ db, now }: Omit<TimerDeps, 'log'>, actor: Actor): Promise<number> {
  return db.transaction(async (tx) => {
    const late = await claimDue(tx, 'stopping_until', { now: now(), limit: batch });
    const reason = 'its stop actions did not end in time';
    for (const environment of late) await recover(tx, environment, { actor, reason, now: now() });
    return late.length;
  });
}

async function deleteDue({ db, now }: Omit<TimerDeps, 'log'>, actor: Actor): Promise<number> {
  return db.transaction(async (tx) => {
    const due = await claimDue(tx, 'auto_delete_at', { now: now(), limit: batch });
    await deleteAll(tx, due, { actor, reason: 'its scheduled deletion came', now: now() });
    return due.length;
  });
}
