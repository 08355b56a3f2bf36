import { findUsers, type User } from '../../access/index.ts';
import type { DbHandle } from '../../db/index.ts';
import { findJobs, findRuns, type Job, type Run } from '../../runs/index.ts';
import type { Deployment, Environment } from '../types.ts';
import { findDeployments } from './store.ts';

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
  return id === null ? undefined : (await lastDeployments(handle, [environment])).get(id);
}

/** The last successful deployments of environments, by the deployment's id. */
export async function lastDeployments(
  handle: DbHandle,
  environments: readonly Pick<Environment, 'lastDeploymentId'>[],
): Promise<Map<number, DeploymentDetails>> {
  const ids = environments.flatMap(({ lastDeploymentId }) => lastDeploymentId ?? []);
  const deployments = await findDeployments(handle, ids);
  const details = await deploymentDetails(handle, [...deployments.values()]);
  return new Map(details.map((deployment) => [deployment.id, deployment]));
}

/** The same deployments, in the same order, with who and what made them. Three queries, however many they are. */
export async function deploymentDetails(
  handle: DbHandle,
  deployments: readonly Deployment[],
): Promise<DeploymentDetails[]> {
  const jobs = await findJobs(
    handle,
    deployments.flatMap(({ jobId }) => jobId ?? []),
  );
  const runs = await findRuns(
    handle,
    deployments.flatMap(({ runId }) => runId ?? []),
  );
  const actorIds = [...runs.values()].map((run) => run.actor.id);
  const users = await findUsers(handle, [...deployments.flatMap(({ userId }) => userId ?? []), ...actorIds]);
  return deployments.map((deployment) => {
    const job = jobs.get(deployment.jobId ?? 0);
    const run = runs.get(deployment.runId ?? 0);
    const runUser = run && users.get(run.actor.id);
    return {
      ...deployment,
      user: users.get(deployment.userId ?? 0) ?? null,
      cause: job && run && runUser ? { job, run, user: runUser } : null,
    };
  });
}
