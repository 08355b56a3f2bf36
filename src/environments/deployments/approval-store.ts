import type { Selectable } from 'kysely';
import type { DbHandle, DeploymentApprovalsTable, Tx } from '../../db/index.ts';
import type { Approval } from './approvals.ts';

/** Those of a deployment, oldest first. */
export async function findApprovals(handle: DbHandle, deploymentId: number): Promise<Approval[]> {
  const rows = handle.query.selectFrom('deployment_approvals').selectAll().where('deployment_id', '=', deploymentId);
  return (await rows.orderBy('id').execute()).map(toApproval);
}

/** Writes what somebody says of a deployment, in the place of what they said before. */
export async function saveApproval(tx: Tx, approval: Omit<Approval, 'id'>): Promise<Approval> {
  const row = await tx.query
    .insertInto('deployment_approvals')
    .values({
      deployment_id: approval.deploymentId,
      user_id: approval.userId,
      rule_id: approval.ruleId,
      status: approval.status,
      comment: approval.comment,
      created_at: approval.createdAt,
    })
    .onConflict((conflict) =>
      conflict.columns(['deployment_id', 'user_id']).doUpdateSet((eb) => ({
        rule_id: eb.ref('excluded.rule_id'),
        status: eb.ref('excluded.status'),
        comment: eb.ref('excluded.comment'),
        created_at: eb.ref('excluded.created_at'),
      })),
    )
    .returningAll()
    .executeTakeFirstOrThrow();
  return toApproval(row);
}

function toApproval(row: Selectable<DeploymentApprovalsTable>): Approval {
  return {
    id: row.id,
    deploymentId: row.deployment_id,
    userId: row.user_id,
    ruleId: row.rule_id,
    status: row.status as Approval['status'],
    comment: row.comment,
    createdAt: row.created_at,
  };
}
