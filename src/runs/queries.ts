import { type Db, type DbHandle, noticeWaiter } from '../db/index.ts';
import { getRepo } from '../repos/index.ts';
import { runChannel } from './change-state.ts';
import { countJobs, selectJob, selectJobs, selectOutputs } from './job-store.ts';
import { isEnd } from './state-tables.ts';
import { selectRun, selectRuns } from './store.ts';
import type { Job, Run, RunState, RunWithJobs } from './types.ts';

const pollMs = 2000;

/** A run with its repo and jobs. */
export async function getRun(db: DbHandle, runId: number): Promise<RunWithJobs | undefined> {
  const run = await selectRun(db, runId);
  const repo = run && (await getRepo(db, run.repoId));
  return run && repo && { ...run, repo, jobs: await selectJobs(db, runId) };
}

/** Runs, newest first; `before` is the id below which to go on. */
export async function listRuns(
  db: DbHandle,
  filter: { repoId?: number; states?: readonly RunState[]; before?: number; limit: number },
): Promise<Run[]> {
  return selectRuns(db, filter);
}

/** The first `limit` jobs of a run, and how many it has. */
export async function firstJobs(
  db: DbHandle,
  runId: number,
  limit: number,
): Promise<{ readonly jobs: readonly Job[]; readonly count: number }> {
  const jobs = await selectJobs(db, runId, limit);
  return { jobs, count: jobs.length < limit ? jobs.length : await countJobs(db, runId) };
}

/** A job by its id or UUID. */
export async function getJob(db: DbHandle, id: number | string): Promise<Job | undefined> {
  return selectJob(db, id);
}

/** What each job of a run answered with: the text of its plan or apply, by job id; empty where there is none. */
export async function jobOutputs(db: DbHandle, runId: number): Promise<Map<number, string>> {
  return selectOutputs(db, runId);
}

/**
 * Waits until the run has ended, whichever process executes it, and returns it. When `signal` aborts first, returns the
 * run as it then is; the run itself goes on. Undefined when there is no such run.
 */
export async function waitForRun(db: Db, runId: number, signal: AbortSignal): Promise<RunWithJobs | undefined> {
  const waiter = noticeWaiter(db, runChannel, String(runId));
  try {
    for (;;) {
      const run = await selectRun(db, runId);
      if (!run || isEnd(run.state) || signal.aborted) return await getRun(db, runId);
      await waiter.next(pollMs, signal);
    }
  } finally {
    waiter.close();
  }
}
