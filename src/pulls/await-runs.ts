import { PolderError } from '../lib/errors.ts';
import { openRunsOfPull, waitForRun } from '../runs/index.ts';
import type { CommandContext, PullDeps } from './deps.ts';

/**
 * Waits for what runs on a pull request although no command of it asked: runs of the API that name it. They work under its
 * locks, which must not be taken from them. Throws `task_lost` when the command was lost meanwhile.
 */
export async function awaitRuns(deps: PullDeps, { command, task }: CommandContext): Promise<void> {
  const of = { repoId: command.pull.repo.id, pullNumber: command.pull.number };
  for (const runId of await openRunsOfPull(deps.db, of)) await waitForRun(deps.db, runId, task.signal);
  if (task.signal.aborted) throw new PolderError('task_lost');
}
