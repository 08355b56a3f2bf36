import { lockRow, type Tx } from '../db/index.ts';
import { PolderError } from '../lib/errors.ts';
import { openRunsOfPull, waitForRun } from '../runs/index.ts';
import type { CommandContext, PullDeps } from './deps.ts';

/**
 * Does the work in a transaction once nothing runs on a pull request: a run of the API may name it, although no command of
 * it asked, and works under its locks, which must not be taken from it. Throws `task_lost` when the command was lost
 * meanwhile.
 */
export async function betweenRuns<T>(
  deps: PullDeps,
  { command, task }: CommandContext,
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  const of = { repoId: command.pull.repo.id, pullNumber: command.pull.number };
  for (;;) {
    for (const runId of await openRunsOfPull(deps.db, of)) await waitForRun(deps.db, runId, task.signal);
    if (task.signal.aborted) throw new PolderError('task_lost');
    const done = await deps.db.transaction(async (tx) => {
      await task.assertHeld(tx);
      // A job takes its lock with this row held: none can begin between the look and the work.
      await lockRow(tx, 'repos', of.repoId);
      return (await openRunsOfPull(tx, of)).length > 0 ? undefined : { result: await work(tx) };
    });
    if (done) return done.result;
  }
}
