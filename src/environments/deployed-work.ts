import type { Tx } from '../db/index.ts';
import { originOfPlan } from '../plans/index.ts';
import { findJobs, findRuns, type Job } from '../runs/index.ts';

/**
 * What a job is to deploy, in comparable form: what its plan was made of, or will be where it plans by itself. The head of a
 * pull request alone does not say it: somebody may have it planned again with arguments (`-destroy`, `-var`), or merged into
 * another commit of its base branch. Undefined when it cannot be told any more.
 */
export async function deployedWork(tx: Tx, job: Pick<Job, 'runId' | 'planId'>): Promise<string | undefined> {
  const origin = job.planId === null ? null : await originOfPlan(tx, job.planId);
  if (origin === undefined) return undefined;
  const planner = origin === null ? job : (await findJobs(tx, [origin.jobId])).get(origin.jobId);
  const run = planner && (await findRuns(tx, [planner.runId])).get(planner.runId);
  return run && JSON.stringify([origin?.commitSha ?? run.commitSha, ...run.command.extraArgs]);
}
