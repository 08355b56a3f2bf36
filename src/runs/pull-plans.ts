import type { DbHandle, Tx } from '../db/index.ts';
import { discardPlans, livePlansOfPull, type PullPlans } from '../plans/index.ts';
import type { JobContext } from './job-context.ts';
import { findJobs } from './job-store.ts';
import { findRuns } from './store.ts';
import type { Job, Run } from './types.ts';

/** A plan of a pull request that can be applied, with the job that made it. */
export type PullPlan = {
  readonly planId: number;
  /** What was checked out for it. */
  readonly commitSha: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly job: Job;
  /** Its `pull` says for which head and base it was made. */
  readonly run: Run;
};

/** The saved plans of a pull request, or only that of one project, oldest first. At most one for each project. */
export async function plansOfPull(db: DbHandle, pull: PullPlans): Promise<PullPlan[]> {
  const plans = await livePlansOfPull(db, pull);
  const jobs = await findJobs(
    db,
    plans.map((plan) => plan.jobId),
  );
  const runs = await findRuns(
    db,
    [...jobs.values()].map((job) => job.runId),
  );
  return plans.flatMap(({ planId, jobId, commitSha, createdAt }) => {
    const job = jobs.get(jobId);
    const run = job && runs.get(job.runId);
    // An apply that plans first has a plan of its own while it runs.
    return job && run?.kind === 'plan' ? [{ planId, commitSha, createdAt, job, run }] : [];
  });
}

/** Lets go of what the pull request has planned for the job's project; says how many plans that were. */
export async function discardPlansOfJob(
  tx: Tx,
  { scope, job }: Pick<JobContext, 'scope' | 'job'>,
  discard: { reason: string; now: number },
): Promise<number> {
  const { pullNumber } = scope.run;
  if (pullNumber === null) return 0;
  return discardPlans(tx, { repoId: scope.repo.id, pullNumber, project: job.project }, discard);
}
