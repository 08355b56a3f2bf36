import { noticeWaiter } from '../db/index.ts';
import { PolderError } from '../lib/errors.ts';
import { getRun, isEnd, jobOutputs, type RunWithJobs, waitForRun } from '../runs/index.ts';
import { isPassingFailure } from '../vcs/index.ts';
import type { CommandContext, PullDeps } from './deps.ts';
import { progressChannel } from './on-run-event.ts';
import { projectStatuses, startStatuses, type TrackedCommand } from './run-statuses.ts';
import { statusNames } from './status-names.ts';
import { writeStatuses } from './write-statuses.ts';

/** A notice may get lost; then this is how long nobody notices. */
const pollMs = 2000;

/**
 * Of few projects each step is told at once. Of more, what has come of them once a second, after the first second, since
 * hosts count what is written
 * (https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits).
 */
const fewProjects = 5;
const slowPaceMs = 1000;

/**
 * Waits for the end of a run, and tells its progress as commit statuses while there are few enough projects. Throws
 * `task_lost` when the command was lost to another worker meanwhile.
 */
export async function followRun(
  deps: PullDeps,
  context: CommandContext,
  follow: { readonly runId: number; readonly command: TrackedCommand | null },
): Promise<RunWithJobs> {
  const { signal } = context.task;
  const first = await getRun(deps.db, follow.runId);
  if (!first?.pull) throw new PolderError('internal', `run ${follow.runId} of a pull request is gone`);
  const isWide = first.jobs.length > deps.pullSettings.maxProjectStatuses;
  const isFew = first.jobs.length <= fewProjects;
  const { command } = follow;
  if (command) await tell(deps, context, { run: first, command, ofProjects: isFew });
  const ended =
    command === null || isWide
      ? await waitForRun(deps.db, first.id, signal)
      : await watch(deps, context, {
          runId: first.id,
          command,
          paceMs: isFew ? 0 : slowPaceMs,
        });
  if (signal.aborted || !ended || !isEnd(ended.state)) throw new PolderError('task_lost');
  return ended;
}

async function watch(
  deps: PullDeps,
  context: CommandContext,
  { runId, command, paceMs }: { readonly runId: number; readonly command: TrackedCommand; readonly paceMs: number },
): Promise<RunWithJobs | undefined> {
  const waiter = noticeWaiter(deps.db, progressChannel, String(runId));
  let tellAt = deps.now() + paceMs;
  try {
    for (;;) {
      const run = await getRun(deps.db, runId);
      if (!run || isEnd(run.state) || context.task.signal.aborted) return run;
      const early = tellAt - deps.now();
      if (early <= 0) {
        await tell(deps, context, { run, command, ofProjects: true });
        tellAt = deps.now() + paceMs;
      }
      await waiter.next(early > 0 ? Math.min(early, pollMs) : pollMs, context.task.signal);
    }
  } finally {
    waiter.close();
  }
}

/** What cannot be told now is told by the statuses of the end. */
async function tell(
  deps: PullDeps,
  context: CommandContext,
  { run, command, ofProjects }: { readonly run: RunWithJobs; readonly command: TrackedCommand; ofProjects: boolean },
): Promise<void> {
  if (isEnd(run.state)) return;
  const names = statusNames(deps.pullSettings);
  const statuses = startStatuses(names, command, deps.pullSettings);
  if (ofProjects) {
    const outputs = await outputsOfEnded(deps, run);
    statuses.push(...projectStatuses(names, command, { jobs: run.jobs, outputs, ended: false }));
  }
  const target = {
    task: context.task,
    host: context.host,
    pull: context.command.pull,
    headSha: run.pull?.headSha ?? run.commitSha,
  };
  await writeStatuses(deps, target, statuses).catch((error: unknown) => {
    if (!isPassingFailure(error)) throw error;
    context.log.warn({ err: error }, 'progress could not be told');
  });
}

async function outputsOfEnded(deps: PullDeps, run: RunWithJobs): Promise<ReadonlyMap<number, string>> {
  const isWide = run.jobs.length > deps.pullSettings.maxProjectStatuses;
  const hasEnded = run.jobs.some((job) => job.outcome !== null);
  return isWide || !hasEnded ? new Map() : jobOutputs(deps.db, run.id);
}
