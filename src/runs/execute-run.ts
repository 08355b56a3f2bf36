import type { Handler, Task } from '../queue/index.ts';
import { getRepo } from '../repos/index.ts';
import { allEnded } from './all-ended.ts';
import { answerMaxBytes } from './answer-size.ts';
import { changeRun, type RunScope } from './change-state.ts';
import { createCheckouts } from './checkouts.ts';
import type { RunDeps } from './deps.ts';
import { executeJob } from './execute-job.ts';
import { settleLeftovers } from './settle-leftovers.ts';
import { isEnd, runEndState } from './state-tables.ts';
import { selectJobs, selectRun } from './store.ts';
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
  const checkouts = createCheckouts(deps, scope);
  try {
    await settleLeftovers(deps, { task, scope, cancelled: cancel.signal });
    const jobs = await selectJobs(deps.db, scope.run.id);
    const shared = { task, scope, checkouts, cancelled: cancel.signal, answerMaxBytes: answerMaxBytes(jobs.length) };
    const over = AbortSignal.any([cancel.signal, task.signal]);
    await executeJobs(jobs, (job) => deps.pool.run((turn) => executeJob(deps, { ...shared, job, turn }), over));
    await checkouts.release();
    await endRun(deps, task, scope);
  } catch (error) {
    if (!(await isHalfWay(deps, scope))) await checkouts.release();
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

/**
 * Group after group; within one, as many at once as the pool has room for. Jobs of the same folder and workspace share
 * files, so they take turns.
 */
async function executeJobs(jobs: readonly Job[], execute: (job: Job) => Promise<void>): Promise<void> {
  const waiting = jobs.filter((job) => job.state === 'queued');
  const groups = [...new Set(waiting.map((job) => job.project.executionOrderGroup))].sort((a, b) => a - b);
  for (const group of groups) {
    const turns = new Map<string, Promise<void>>();
    const all = waiting.filter((job) => job.project.executionOrderGroup === group);
    const started = all.map((job) => {
      const place = `${job.project.workspace}\0${job.project.dir}`;
      const turn = (turns.get(place) ?? Promise.resolve()).then(() => execute(job));
      turns.set(place, turn);
      return turn;
    });
    await allEnded(started);
  }
}
