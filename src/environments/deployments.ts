import { findUsers, type User } from '../access/index.ts';
import type { DbHandle } from '../db/index.ts';
import { getJob, type Job, listRuns, type Run } from '../runs/index.ts';
import { findDeployments } from './deployment-store.ts';
import type { Deployment, Environment } from './types.ts';

/** A deployment with who and what made it. */
export type DeploymentDetails = Deployment & {
  readonly user: User | null;
  /** Null when it was reported over the API. */
  readonly cause: DeploymentCause | null;
};

/** The apply that a deployment is. */
export type DeploymentCause = { readonly job: Job; readonly run: Run; readonly user: User };

/** The last successful deployment of an environment; undefined when there was none. */
export async function lastDeployment(
  handle: DbHandle,
  environment: Pick<Environment, 'lastDeploymentId'>,
): Promise<DeploymentDetails | undefined> {
  const id = environment.lastDeploymentId;
  const deployment = id === null ? undefined : (await findDeployments(handle, [id])).get(id);
  return deployment && describe(handle, deployment);
}

async function describe(handle: DbHandle, deployment: Deployment): Promise<DeploymentDetails> {
  const job = deployment.jobId === null ? undefined : await getJob(handle, deployment.jobId);
  // Asked for as a list of one, which spares reading the run's other jobs.
  const [run] = job ? await listRuns(handle, { before: job.runId + 1, limit: 1 }) : [];
  const ids = [deployment.userId, run?.actor.id].filter((id) => id !== null && id !== undefined);
  const users = await findUsers(handle, ids);
  const runUser = run && users.get(run.actor.id);
  return {
    ...deployment,
    user: deployment.userId === null ? null : (users.get(deployment.userId) ?? null),
    cause: job && run && runUser ? { job, run, user: runUser } : null,
  };
}
