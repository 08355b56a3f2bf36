import { setMaxListeners } from 'node:events';
import type { Handler, Task } from '../queue/index.ts';
import { getRepo } from '../repos/index.ts';
import { answerMaxBytes } from './answer-size.ts';
import { changeRun, type RunScope } from './change-state.ts';
import type { RunDeps } from './deps.ts';
import { endInBooks } from './end-in-books.ts';
import { executeJob } from './execute-job.ts';
import { executeJobs } from './execute-jobs.ts';
import { createJobPlaces } from './job-places.ts';
import { selectJobs } from './job-store.ts';
import { settleLeftovers } from './settle-leftovers.ts';
import { isEnd, runEndState } from './state-tables.ts';
import { selectRun } from './store.ts';
import type { Job, Run } from './types.ts';
import { watchCancel } from './watch-cancel.ts';

/** The queue's handler for runs: brings one run to its end, wherever an earlier server left it. */
export function executeRun(deps: RunDeps): Handler {
  return async (task) => {
    const run = await selectRun(deps.db, Number(task.payload.runId));
    const repo = run && (await getRepo(deps.db, run.repoId));
    if (!run || !repo || isEnd(run.state)) return;
    await bringToEnd(deps, task, { run, repo });
  };
}

async function bringToEnd(deps: RunDeps, task: Task, queued: RunScope): Promise<void> {
  const scope = { ...queued, run: await startRun(deps, task, queued) };
  const cancel = await watchCancel(deps.db, scope.run.id);
  const places = createJobPlaces(deps, scope);
  try {
    await settleLeftovers(deps, { task, scope, cancelled: cancel.signal });
    const jobs = await selectJobs(deps.db, scope.run.id);
    const shared = { task, cancelled: cancel.signal, answerMaxBytes: answerMaxBytes(jobs.length) };
    const over = AbortSignal.any([cancel.signal, task.signal]);
    const wish = { of: scope.run.id, signal: over };
    // Each job that waits for its turn listens.
    setMaxListeners(0, over, cancel.signal, task.signal);
    await executeJobs(jobs, scope.run.order, {
      execute: (job) =>
        deps.pool.run(async (pool) => executeJob(deps, { ...shared, ...(await places.of(job)), job, pool }), wish),
      // What is cancelled says so, and not that something has failed.
      hasFailed: async (group) => !cancel.signal.aborted && (await hasFailed(deps, scope, group)),
      skip: (job) => skipJob(deps, task, { scope, job }),
    });
    await places.release();
    await endRun(deps, task, scope);
  } catch (error) {
    if (!(await isHalfWay(deps, scope))) await places.release();
    throw error;
  } finally {
    cancel.stop();
  }
}

/**
 * Whether a job is left half-way: whoever settles the run then looks in its checkout for processes, and for an apply's
 * state.
 */
async function isHalfWay(deps: RunDeps, scope: RunScope): Promise<boolean> {
  const jobs = await selectJobs(deps.db, scope.run.id).catch(() => undefined);
  return jobs?.some((job) => job.state === 'running' || job.state === 'applying') ?? true;
}

async function startRun(deps: RunDeps, task: Task, scope: RunScope): Promise<Run> {
  if (scope.run.state !== 'queued') return scope.run;
  return deps.db.transaction(async (tx) => {
    await task.assertHeld(tx);
    return changeRun(deps, tx, { ...scope, state: 'running' });
  });
}

async function endRun(deps: RunDeps, task: Task, scope: RunScope): Promise<void> {
  await deps.db.transaction(async (tx) => {
    await task.assertHeld(tx);
    const jobs = await selectJobs(tx, scope.run.id);
    await changeRun(deps, tx, { ...scope, state: runEndState(jobs.map((job) => job.state)) });
  });
}

/** Whether a job of this group, or of an earlier one, did not come out. Also one that ended under another server. */
async function hasFailed(deps: RunDeps, { run }: RunScope, group: number): Promise<boolean> {
  const jobs = await selectJobs(deps.db, run.id);
  return jobs.some((job) => job.project.executionOrderGroup <= group && job.state !== 'succeeded');
}

async function skipJob(deps: RunDeps, task: Task, { scope, job }: { scope: RunScope; job: Job }): Promise<void> {
  const message = 'This project was not run, because one of an earlier execution order group did not succeed.';
  const outcome = { kind: 'refused', refusal: { kind: 'earlier_failed', message } } as const;
  await deps.db.transaction(async (tx) => {
    await task.assertHeld(tx);
    await endInBooks(deps, tx, { scope, job, outcome, output: '' });
  });
}
