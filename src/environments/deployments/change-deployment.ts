import { type Actor, recordAudit } from '../../access/index.ts';
import { type Db, lockRow, type Tx } from '../../db/index.ts';
import type { Repo } from '../../repos/index.ts';
import { mayDeployTo } from '../protection/coverage.ts';
import type { Person } from '../protection/types.ts';
import { findById } from '../store.ts';
import type { Deployment, Environment } from '../types.ts';
import type { DeploymentEvent } from './deployment-status.ts';
import { moveDeployment } from './move-deployment.ts';
import { eventOfStatus, type ReportedStatus } from './record-deployment.ts';
import { deleteDeploymentRow, findDeployment } from './store.ts';

export type DeploymentTarget = {
  readonly repo: Repo;
  readonly deploymentId: number;
  readonly actor: Actor;
  readonly person: Person;
  /** Milliseconds since the epoch. */
  readonly now: number;
};

/** A deployment with its environment, whose row is held. */
export type HeldDeployment = { readonly deployment: Deployment; readonly environment: Environment };

export type ChangeDeploymentResult =
  | { readonly kind: 'changed'; readonly deployment: Deployment }
  | { readonly kind: 'not_found' }
  /** The environment is protected from this person. */
  | { readonly kind: 'forbidden' }
  /** A run carries it out: its status is that of the job. */
  | { readonly kind: 'belongs_to_job' }
  | { readonly kind: 'illegal'; readonly event: DeploymentEvent };

/** Changes the status of a deployment that was reported. Saying what it is already changes nothing. */
export async function changeDeployment(
  db: Db,
  order: DeploymentTarget & { readonly status: ReportedStatus },
): Promise<ChangeDeploymentResult> {
  return db.transaction(async (tx): Promise<ChangeDeploymentResult> => {
    const held = await holdDeployment(tx, order);
    if (!held) return { kind: 'not_found' };
    const { deployment, environment } = held;
    if (!(await mayDeployTo(tx, { ...environment, repo: order.repo }, order.person))) return { kind: 'forbidden' };
    if (deployment.jobId !== null) return { kind: 'belongs_to_job' };
    if (deployment.status === order.status) return { kind: 'changed', deployment };
    const event = eventOfStatus[order.status];
    const moved = await moveDeployment(tx, deployment, { what: event, actorId: order.actor.id, now: order.now });
    if (!moved) return { kind: 'illegal', event };
    await auditDeployment(tx, { ...order, environment }, { action: 'deployment.update', status: moved.status });
    return { kind: 'changed', deployment: moved };
  });
}

export type DeleteDeploymentResult = 'deleted' | 'not_found' | 'changed_since' | 'running' | 'current';

/**
 * Deletes a deployment that is neither running nor what its environment shows as the last one. `unmodifiedSince`, in
 * milliseconds since the epoch, refuses one that was changed later than that second.
 */
export async function deleteDeployment(
  db: Db,
  order: DeploymentTarget & { readonly unmodifiedSince: number | null },
): Promise<DeleteDeploymentResult> {
  return db.transaction(async (tx): Promise<DeleteDeploymentResult> => {
    const held = await holdDeployment(tx, order);
    if (!held) return 'not_found';
    const { deployment, environment } = held;
    const changedAt = Math.floor(deployment.updatedAt / 1000) * 1000;
    if (order.unmodifiedSince !== null && order.unmodifiedSince < changedAt) return 'changed_since';
    if (deployment.status === 'running') return 'running';
    if (environment.lastDeploymentId === deployment.id) return 'current';
    await deleteDeploymentRow(tx, deployment.id);
    await auditDeployment(tx, { ...order, environment }, { action: 'deployment.delete', status: deployment.status });
    return 'deleted';
  });
}

/** Reads a deployment and holds its environment's row until the transaction ends. */
export async function holdDeployment(
  tx: Tx,
  { repo, deploymentId }: Pick<DeploymentTarget, 'repo' | 'deploymentId'>,
): Promise<HeldDeployment | undefined> {
  const known = await findDeployment(tx, repo.id, deploymentId);
  if (!known) return undefined;
  await lockRow(tx, 'environments', known.environmentId);
  const environment = await findById(tx, repo.id, known.environmentId);
  const deployment = await findDeployment(tx, repo.id, deploymentId);
  return environment && deployment && { environment, deployment };
}

export async function auditDeployment(
  tx: Tx,
  target: Pick<DeploymentTarget, 'repo' | 'deploymentId' | 'actor' | 'now'> & { readonly environment: Environment },
  what: { readonly action: string; readonly status: string },
): Promise<void> {
  await recordAudit(tx, {
    actorId: target.actor.id,
    action: what.action,
    repoId: target.repo.id,
    subject: target.environment.name,
    details: { id: target.deploymentId, status: what.status },
    now: target.now,
  });
}
