import { setTimeout as delay } from 'node:timers/promises';
import { type Db, noticeWaiter, type Tx } from '../db/index.ts';
import { errorText, isPolderError, PolderError } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import { taskChannel } from './enqueue.ts';
import { beat, type Instance, type InstanceDeps } from './instance.ts';
import { createSteadiness, type Steadiness } from './steadiness.ts';
import {
  claimTasks,
  deleteHeld,
  hasten,
  renewLeases,
  selectHeldForUpdate,
  selectNextDue,
  type TaskRow,
  updateReturned,
} from './store.ts';

/** A claimed task, as its handler sees it. */
export type Task = {
  readonly payload: Readonly<Record<string, unknown>>;
  /** 1 the first time. */
  readonly attempt: number;
  /** Aborts when the task was lost to another worker, or the server stops at once. */
  readonly signal: AbortSignal;
  /**
   * Throws unless the task is still ours; as part of a transaction it makes sure that what commits with it was done by
   * the holder.
   */
  assertHeld(tx: Tx): Promise<void>;
};

/** Must tolerate to run twice: a worker may die at any moment. What it throws makes the task wait and run again. */
export type Handler = (task: Task) => Promise<void>;

export type Worker = {
  /** Takes no further tasks and waits until those in hand have ended. */
  drain(): Promise<void>;
  /** Takes no further tasks and aborts those in hand. */
  stop(): Promise<void>;
  /** How many tasks are in hand. */
  readonly active: () => number;
};

export type WorkerDeps = InstanceDeps & { readonly db: Db; readonly log: Log; readonly instance: Instance };

export type WorkerOptions = {
  /** How many tasks are in hand at most. */
  readonly concurrency: number;
  /** How long a claim holds without being renewed; 30 seconds if not given. It is renewed six times as often. */
  readonly leaseMs?: number;
};

const defaultLeaseMs = 30_000;
const pollMs = 2_000;
/** A lease holds for longer after its last renewal, so that nobody is robbed because of such a pause. */
const steadyPauseMs = 4 * pollMs;
const maxBackoffMs = 60_000;
const claimedAtOnce = 50;

/** Starts to claim and run tasks. */
export function startWorker(
  deps: WorkerDeps,
  handlers: Readonly<Record<string, Handler>>,
  options: WorkerOptions,
): Worker {
  const stopping = new AbortController();
  const ended = new AbortController();
  const hand = createHand(deps, handlers, options);
  const looping = claimUntil(deps, hand, stopping.signal);
  const renewing = renewUntil(deps, hand, ended.signal);
  const settle = async () => {
    stopping.abort();
    await looping;
    await hand.settled();
    ended.abort();
    await renewing;
  };
  return {
    active: () => hand.tasks.size,
    drain: settle,
    stop: async () => {
      stopping.abort();
      for (const task of hand.tasks.values()) task.abort.abort();
      await settle();
    },
  };
}

type HeldTask = { readonly fence: number; readonly abort: AbortController; readonly done: Promise<void> };

/** The tasks in hand. */
type Hand = {
  readonly leaseMs: number;
  readonly kinds: readonly string[];
  readonly tasks: ReadonlyMap<number, HeldTask>;
  room(): number;
  begin(row: TaskRow): void;
  settled(): Promise<unknown>;
};

function createHand(deps: WorkerDeps, handlers: Readonly<Record<string, Handler>>, options: WorkerOptions): Hand {
  const tasks = new Map<number, HeldTask>();
  const room = () => options.concurrency - tasks.size;
  const end = async (row: TaskRow) => {
    const wasFull = room() === 0;
    tasks.delete(row.id);
    // The loop may be waiting for room, or for this task's successor. If the notice is lost, it looks again by itself.
    if (wasFull || row.group_key !== null) await deps.db.notify(taskChannel, row.kind).catch(() => undefined);
  };
  return {
    leaseMs: options.leaseMs ?? defaultLeaseMs,
    kinds: Object.keys(handlers),
    tasks,
    room,
    begin: (row) => {
      const handler = handlers[row.kind];
      if (!handler) return;
      const abort = new AbortController();
      const done = runTask(deps, { row, handler, signal: abort.signal }).then(() => end(row));
      tasks.set(row.id, { fence: row.fence, abort, done });
    },
    settled: () => Promise.all([...tasks.values()].map((task) => task.done)),
  };
}

async function claimUntil(deps: WorkerDeps, hand: Hand, stopped: AbortSignal): Promise<void> {
  const { db, log, now } = deps;
  const waiter = noticeWaiter(db, taskChannel);
  const breath = createBreath();
  const steadiness = createSteadiness(now, { leaseMs: hand.leaseMs, pauseMs: steadyPauseMs });
  let last = now();
  while (!stopped.aborted) {
    const isSetBack = now() < last - clockSlackMs;
    last = now();
    if (isSetBack) await hastenAll(deps, hand);
    const atOnce = await breath(hand.tasks.size);
    // What is due now is for the next start.
    if (stopped.aborted) break;
    const claimed = await claim(deps, hand, { atOnce, steadiness }).catch((error: unknown) => {
      log.error({ reason: errorText(error) }, 'claiming tasks went wrong');
      return 0;
    });
    if (claimed > 0) continue;
    // What is due now and was not claimed waits for something that a notice will tell.
    const due = await selectNextDue(db, hand.kinds).catch(() => undefined);
    const untilDue = due === undefined || due <= now() ? pollMs : due - now();
    await waiter.next(Math.min(pollMs, untilDue), stopped);
  }
  waiter.close();
}

/** Clocks are put right by less than this all the time. */
const clockSlackMs = 1_000;

/** The clock was set back: what was put in before, and could not be due for long, would wait until it is as late again. */
async function hastenAll({ db, log, now }: WorkerDeps, { kinds }: Hand): Promise<void> {
  const at = now();
  log.warn('the clock was set back: tasks that wait are due at once');
  await hasten(db, { kinds, now: at, latest: at + maxBackoffMs }).catch((error: unknown) => {
    log.error({ reason: errorText(error) }, 'making tasks due went wrong');
  });
}

/** Above this share of its time a process answers late. */
const busyShare = 0.6;
/** What takes less time than this, such as a single command, is no load. */
const busyForMs = 250;
const breathMs = 200;
const claimedWhenBusy = 1;

/**
 * How many tasks to claim next, beside those in hand. While the process is busy for longer, work that can wait leaves it
 * room for what cannot: hosts wait for the answer to their deliveries, and people for a page.
 */
function createBreath(): (inHand: number) => Promise<number> {
  let last = performance.eventLoopUtilization();
  let isBusy = false;
  return async (inHand) => {
    const now = performance.eventLoopUtilization();
    const { utilization, active, idle } = performance.eventLoopUtilization(now, last);
    if (active + idle > busyForMs) {
      isBusy = utilization > busyShare;
      last = now;
    }
    if (!isBusy) return claimedAtOnce;
    if (inHand > 0) await delay(breathMs, undefined, { ref: false });
    return claimedWhenBusy;
  };
}

type Claiming = { readonly atOnce: number; readonly steadiness: Steadiness };

async function claim(deps: WorkerDeps, hand: Hand, { atOnce, steadiness }: Claiming): Promise<number> {
  const limit = Math.min(hand.room(), atOnce);
  if (limit <= 0) return 0;
  const owner = deps.instance.id;
  const inHand = [...hand.tasks.keys()];
  const overBefore = steadiness.overBefore();
  const order = { owner, kinds: hand.kinds, inHand, limit, now: deps.now(), overBefore, leaseMs: hand.leaseMs };
  const rows = await deps.db.transaction((tx) => claimTasks(tx, order));
  steadiness.answered();
  for (const row of rows) hand.begin(row);
  return rows.length;
}

async function renewUntil(deps: WorkerDeps, hand: Hand, ended: AbortSignal): Promise<void> {
  while (!ended.aborted) {
    await delay(hand.leaseMs / 6, undefined, { ref: false, signal: ended }).catch(() => undefined);
    if (ended.aborted) return;
    await renewHeld(deps, hand).catch((error: unknown) => {
      deps.log.error({ reason: errorText(error) }, 'renewing leases went wrong');
    });
  }
}

type Running = { readonly row: TaskRow; readonly handler: Handler; readonly signal: AbortSignal };

async function runTask(deps: WorkerDeps, work: Running): Promise<void> {
  const { row } = work;
  const { db, log, now } = deps;
  try {
    await work.handler({
      payload: JSON.parse(row.payload) as Record<string, unknown>,
      attempt: row.attempts,
      signal: work.signal,
      assertHeld: async (tx) => {
        if (!(await selectHeldForUpdate(tx, row))) throw new PolderError('task_lost');
      },
    });
    // In a transaction, which the disk takes together with others.
    await db.transaction((tx) => deleteHeld(tx, row));
  } catch (error) {
    if (isPolderError(error, 'task_lost') || work.signal.aborted) {
      log.warn({ task: row.id, kind: row.kind }, 'a task was given up to another worker');
      return;
    }
    const reason = errorText(error);
    const runAt = now() + Math.min(maxBackoffMs, 500 * 2 ** Math.min(row.attempts, 10));
    log.error({ task: row.id, kind: row.kind, attempt: row.attempts, reason }, 'a task went wrong and will run again');
    await putBack(deps, work, { runAt, error: reason });
  }
}

const putBackEveryMs = 1_000;
/** Then its lease runs out. */
const putBackAttempts = 60;

/** While the database is away the lease goes on: nobody, not we either, could begin the task again before it ran out. */
async function putBack(deps: WorkerDeps, { row, signal }: Running, change: { runAt: number; error: string }) {
  for (let attempt = 1; attempt <= putBackAttempts && !signal.aborted; attempt += 1) {
    try {
      return await updateReturned(deps.db, row, change);
    } catch (failure) {
      deps.log.error({ task: row.id, reason: errorText(failure) }, 'a task could not be put back');
      await delay(putBackEveryMs, undefined, { ref: false, signal }).catch(() => undefined);
    }
  }
}

async function renewHeld(deps: WorkerDeps, hand: Hand): Promise<void> {
  await beat(deps, deps.instance);
  // As it is now: a task that is begun while the database answers is not among those that were asked about.
  const asked = [...hand.tasks];
  if (asked.length === 0) return;
  const held = await renewLeases(deps.db, {
    owner: deps.instance.id,
    inHand: asked.map(([id]) => id),
    until: deps.now() + hand.leaseMs,
  });
  const fences = new Map(held.map((task) => [task.id, task.fence]));
  for (const [id, task] of asked) if (fences.get(id) !== task.fence) task.abort.abort();
}
