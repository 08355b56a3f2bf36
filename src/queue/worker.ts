import { setTimeout as delay } from 'node:timers/promises';
import { type Db, noticeWaiter, type Tx } from '../db/index.ts';
import { errorText, isPolderError, PolderError } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import { taskChannel } from './enqueue.ts';
import { beat, type Instance, type InstanceDeps } from './instance.ts';
import {
  claimTasks,
  deleteHeld,
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

const leaseMs = 30_000;
const renewMs = 5_000;
const pollMs = 2_000;
const maxBackoffMs = 60_000;

/** Starts to claim and run tasks, at most `concurrency` at a time. */
export function startWorker(
  deps: WorkerDeps,
  handlers: Readonly<Record<string, Handler>>,
  options: { concurrency: number },
): Worker {
  const inHand = new Map<number, { fence: number; abort: AbortController; done: Promise<void> }>();
  const stopping = new AbortController();
  const ended = new AbortController();
  const waiter = noticeWaiter(deps.db, taskChannel);
  const kinds = Object.keys(handlers);
  const { db, log, now } = deps;

  const begin = (row: TaskRow) => {
    const abort = new AbortController();
    const handler = handlers[row.kind];
    if (!handler) return;
    const done = runTask(deps, { row, handler, signal: abort.signal }).then(async () => {
      const full = inHand.size >= options.concurrency;
      inHand.delete(row.id);
      // The loop may be waiting for room, or for this task's successor.
      if (full || row.group_key !== null) await db.notify(taskChannel, row.kind);
    });
    inHand.set(row.id, { fence: row.fence, abort, done });
  };
  const claim = async (): Promise<number> => {
    const limit = Math.min(options.concurrency - inHand.size, 50);
    if (limit <= 0) return 0;
    const owner = deps.instance.id;
    const rows = await db.transaction((tx) => claimTasks(tx, { owner, kinds, limit, now: now(), leaseMs }));
    for (const row of rows) begin(row);
    return rows.length;
  };
  const loop = async () => {
    while (!stopping.signal.aborted) {
      const claimed = await claim().catch((error: unknown) => {
        log.error({ reason: errorText(error) }, 'claiming tasks went wrong');
        return 0;
      });
      if (claimed > 0) continue;
      const due = await selectNextDue(db, kinds).catch(() => undefined);
      const pause = Math.min(pollMs, Math.max(10, (due ?? Number.POSITIVE_INFINITY) - now()));
      await waiter.next(due !== undefined && due <= now() ? pollMs : pause, stopping.signal);
    }
  };
  const renew = async () => {
    while (!ended.signal.aborted) {
      await delay(renewMs, undefined, { ref: false, signal: ended.signal }).catch(() => undefined);
      if (ended.signal.aborted) return;
      await renewHeld(deps, inHand).catch((error: unknown) => {
        log.error({ reason: errorText(error) }, 'renewing leases went wrong');
      });
    }
  };
  const looping = loop();
  const renewing = renew();
  const settle = async () => {
    stopping.abort();
    await looping;
    await Promise.all([...inHand.values()].map((task) => task.done));
    ended.abort();
    await renewing;
    waiter.close();
  };
  return {
    active: () => inHand.size,
    drain: settle,
    stop: async () => {
      stopping.abort();
      for (const task of inHand.values()) task.abort.abort();
      await settle();
    },
  };
}

async function runTask(deps: WorkerDeps, work: { row: TaskRow; handler: Handler; signal: AbortSignal }): Promise<void> {
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
    await deleteHeld(db, row);
  } catch (error) {
    if (isPolderError(error, 'task_lost') || work.signal.aborted) {
      log.warn({ task: row.id, kind: row.kind }, 'a task was given up to another worker');
      return;
    }
    const reason = errorText(error);
    const runAt = now() + Math.min(maxBackoffMs, 500 * 2 ** Math.min(row.attempts, 10));
    log.error({ task: row.id, kind: row.kind, attempt: row.attempts, reason }, 'a task went wrong and will run again');
    await updateReturned(db, row, { runAt, error: reason }).catch((failure: unknown) =>
      log.error({ task: row.id, reason: errorText(failure) }, 'a task could not be put back'),
    );
  }
}

async function renewHeld(
  deps: WorkerDeps,
  inHand: ReadonlyMap<number, { fence: number; abort: AbortController }>,
): Promise<void> {
  await beat(deps, deps.instance);
  if (inHand.size === 0) return;
  const held = await renewLeases(deps.db, { owner: deps.instance.id, until: deps.now() + leaseMs });
  const fences = new Map(held.map((task) => [task.id, task.fence]));
  for (const [id, task] of inHand) if (fences.get(id) !== task.fence) task.abort.abort();
}
