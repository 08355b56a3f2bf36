import { PolderError } from '../../src/lib/errors.ts';
import type { Task } from '../../src/queue/index.ts';

export type HeldTask = {
  readonly task: Task;
  /** From now on it is somebody else's: nothing that is part of it commits. `tell`: and its holder knows. */
  lose(options?: { tell: boolean }): void;
};

/** A claim on a run, to execute it without a worker, or to let it be executed twice as by two servers. */
export function holdTask(runId: number): HeldTask {
  const abort = new AbortController();
  let held = true;
  return {
    task: {
      payload: { runId },
      attempt: 1,
      signal: abort.signal,
      assertHeld: async () => {
        if (!held) throw new PolderError('task_lost');
      },
    },
    lose: ({ tell } = { tell: false }) => {
      held = false;
      if (tell) abort.abort();
    },
  };
}
