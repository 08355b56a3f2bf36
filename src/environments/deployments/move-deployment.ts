import type { Tx } from '../../db/index.ts';
import { markDeployed } from '../mark-deployed.ts';
import { findById, updateEnvironments } from '../store.ts';
import type { Deployment } from '../types.ts';
import { type DeploymentEvent, isFinished, nextStatus } from './deployment-status.ts';
import { latestSuccess, setStatus } from './store.ts';

export type DeploymentMove = {
  readonly what: DeploymentEvent;
  readonly actorId: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
};

/**
 * Moves a deployment by the table of statuses, and its environment with it. Undefined, and nothing is changed, when the
 * table does not allow it. The caller holds the environment's row, and has read the deployment since.
 */
export async function moveDeployment(
  tx: Tx,
  deployment: Deployment,
  move: DeploymentMove,
): Promise<Deployment | undefined> {
  const { what, actorId, now } = move;
  const status = nextStatus(what, deployment.status);
  if (!status) return undefined;
  const finishedAt = isFinished(status) ? now : null;
  await setStatus(tx, deployment.id, { status, finishedAt, now });
  if (status === 'success') await markDeployed(tx, { ...deployment, finishedAt: now }, { actorId, now });
  if (deployment.status === 'success') await dethrone(tx, deployment, now);
  return { ...deployment, status, finishedAt, updatedAt: now };
}

/** A deployment that is no success any more gives its place to the success before it. */
async function dethrone(tx: Tx, { id, repoId, environmentId }: Deployment, now: number): Promise<void> {
  const environment = await findById(tx, repoId, environmentId);
  if (environment?.lastDeploymentId !== id) return;
  const lastDeploymentId = (await latestSuccess(tx, environmentId)) ?? null;
  await updateEnvironments(tx, [environmentId], { lastDeploymentId, now });
}
