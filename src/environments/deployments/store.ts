import type { Selectable } from 'kysely';
import type { DbHandle, DeploymentsTable, Tx } from '../../db/index.ts';
import type { Deployment, DeploymentStatus } from '../types.ts';

/**
 * The next number of a deployment of the repo. The column is this folder's, though the table is not; whoever has the
 * row locked is the only one who counts.
 */
export async function nextIid(tx: Tx, repoId: number): Promise<number> {
  const row = await tx.query
    .updateTable('repos')
    .set((eb) => ({ last_deployment_iid: eb('last_deployment_iid', '+', 1) }))
    .where('id', '=', repoId)
    .returning('last_deployment_iid')
    .executeTakeFirstOrThrow();
  return row.last_deployment_iid;
}

export type NewDeployment = Omit<Deployment, 'id' | 'createdAt' | 'updatedAt' | 'finishedAt'> & {
  readonly now: number;
};

export async function insertDeployment(tx: Tx, deployment: NewDeployment): Promise<number> {
  const row = await tx.query
    .insertInto('deployments')
    .values({
      iid: deployment.iid,
      repo_id: deployment.repoId,
      environment_id: deployment.environmentId,
      status: deployment.status,
      ref: deployment.ref,
      tag: deployment.tag ? 1 : 0,
      sha: deployment.sha,
      user_id: deployment.userId,
      run_id: deployment.runId,
      job_id: deployment.jobId,
      created_at: deployment.now,
      updated_at: deployment.now,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return row.id;
}

export async function findDeploymentOfJob(handle: DbHandle, jobId: number): Promise<Deployment | undefined> {
  const row = await handle.query.selectFrom('deployments').selectAll().where('job_id', '=', jobId).executeTakeFirst();
  return row && toDeployment(row);
}

export async function findDeployments(handle: DbHandle, ids: readonly number[]): Promise<Map<number, Deployment>> {
  if (ids.length === 0) return new Map();
  const rows = await handle.query
    .selectFrom('deployments')
    .selectAll()
    .where('id', 'in', [...ids])
    .execute();
  return new Map(rows.map((row) => [row.id, toDeployment(row)]));
}

/** The deployment of that id in the repo. */
export async function findDeployment(handle: DbHandle, repoId: number, id: number): Promise<Deployment | undefined> {
  const rows = handle.query.selectFrom('deployments').selectAll().where('repo_id', '=', repoId);
  const row = await rows.where('id', '=', id).executeTakeFirst();
  return row && toDeployment(row);
}

/** The successful deployment of an environment that finished last. */
export async function latestSuccess(handle: DbHandle, environmentId: number): Promise<number | undefined> {
  const row = await handle.query
    .selectFrom('deployments')
    .select('id')
    .where('environment_id', '=', environmentId)
    .where('status', '=', 'success')
    .orderBy('finished_at', 'desc')
    .orderBy('id', 'desc')
    .executeTakeFirst();
  return row?.id;
}

/** The success of the same environment that finished last before this one did. */
export async function successBefore(handle: DbHandle, deployment: Deployment): Promise<Deployment | undefined> {
  const { id, environmentId, finishedAt } = deployment;
  const row = await handle.query
    .selectFrom('deployments')
    .selectAll()
    .where('environment_id', '=', environmentId)
    .where('status', '=', 'success')
    .where('finished_at', '<=', finishedAt ?? 0)
    .where('id', '<', id)
    .orderBy('finished_at', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row && toDeployment(row);
}

/** Those that have not begun: of a commit, in an environment, newest first. */
export async function findUnbegun(
  handle: DbHandle,
  where: { readonly environmentId: number; readonly sha: string },
): Promise<Deployment[]> {
  const rows = await handle.query
    .selectFrom('deployments')
    .selectAll()
    .where('environment_id', '=', where.environmentId)
    .where('status', 'in', ['created', 'blocked'])
    .where('sha', '=', where.sha)
    .orderBy('id', 'desc')
    .execute();
  return rows.map(toDeployment);
}

/** Lets another job carry it out. */
export async function setCause(
  tx: Tx,
  id: number,
  change: { readonly runId: number; readonly jobId: number; readonly now: number },
): Promise<void> {
  const columns = { run_id: change.runId, job_id: change.jobId, updated_at: change.now };
  await tx.query.updateTable('deployments').set(columns).where('id', '=', id).execute();
}

export async function deleteDeploymentRow(tx: Tx, id: number): Promise<void> {
  await tx.query.deleteFrom('deployment_approvals').where('deployment_id', '=', id).execute();
  await tx.query.deleteFrom('deployments').where('id', '=', id).execute();
}

export async function setStatus(
  tx: Tx,
  id: number,
  change: { status: DeploymentStatus; finishedAt: number | null; now: number },
): Promise<void> {
  const columns = { status: change.status, finished_at: change.finishedAt, updated_at: change.now };
  await tx.query.updateTable('deployments').set(columns).where('id', '=', id).execute();
}

/** Deletes all deployments of these environments, with what belongs to them. */
export async function deleteDeploymentsOf(tx: Tx, environmentIds: readonly number[]): Promise<void> {
  const ids = tx.query
    .selectFrom('deployments')
    .select('id')
    .where('environment_id', 'in', [...environmentIds]);
  await tx.query.deleteFrom('deployment_approvals').where('deployment_id', 'in', ids).execute();
  await tx.query
    .deleteFrom('deployments')
    .where('environment_id', 'in', [...environmentIds])
    .execute();
}

export function toDeployment(row: Selectable<DeploymentsTable>): Deployment {
  return {
    id: row.id,
    iid: row.iid,
    repoId: row.repo_id,
    environmentId: row.environment_id,
    status: row.status as DeploymentStatus,
    ref: row.ref,
    tag: row.tag === 1,
    sha: row.sha,
    userId: row.user_id,
    runId: row.run_id,
    jobId: row.job_id,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    finishedAt: row.finished_at,
  };
}
