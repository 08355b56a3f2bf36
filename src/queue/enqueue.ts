import type { Tx } from '../db/index.ts';
import { insertTask } from './store.ts';

/** Workers listen here; the payload is the task's kind. */
export const taskChannel = 'tasks';

export type NewTask = {
  readonly kind: string;
  readonly payload: Readonly<Record<string, unknown>>;
  /** Tasks of one group run one after another, in the order in which they were put in. */
  readonly group?: string;
  /** While a task with this key waits or runs, another one with it is not added. */
  readonly dedupeKey?: string;
  /** Not before this time, milliseconds since the epoch; now when left out. */
  readonly runAt?: number;
};

/** Adds a task in the caller's transaction, so that it exists if and only if the change that asks for it does. */
export async function enqueue(tx: Tx, task: NewTask, now: number): Promise<void> {
  await insertTask(tx, {
    kind: task.kind,
    payload: JSON.stringify(task.payload),
    group_key: task.group ?? null,
    dedupe_key: task.dedupeKey ?? null,
    run_at: task.runAt ?? now,
    created_at: now,
  });
  await tx.notify(taskChannel, task.kind);
}
