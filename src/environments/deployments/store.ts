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

export async function setStatus(
  tx: Tx,
  id: number,
  change: { status: DeploymentStatus; finishedAt: number | null; now: number },
): Promise<void> {
  const columns = { status: change.status, finished_at: change.finishedAt, updated_at: change.now };
  await tx.query.updateTable('deployments').set(columns).where('id', '=', id).execute();
}

function toDeployment(row: Selectable<DeploymentsTable>): Deployment {
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
