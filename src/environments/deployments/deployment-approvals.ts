import { findUsers, type User } from '../../access/index.ts';
import type { DbHandle } from '../../db/index.ts';
import type { Repo } from '../../repos/index.ts';
import { readCoverage } from '../protection/coverage.ts';
import { findById } from '../store.ts';
import type { Deployment } from '../types.ts';
import { findApprovals } from './approval-store.ts';
import { type Approval, missingApprovals, type RuleSummary, summarise } from './approvals.ts';

/** What is said of a deployment, and what its environment's rules want. */
export type DeploymentApprovals = {
  /** How many are missing while it waits; 0 when it does not. */
  readonly pending: number;
  readonly approvals: readonly Approval[];
  readonly rules: readonly RuleSummary[];
  /** Everybody whom approvals and rules name, by id. */
  readonly users: ReadonlyMap<number, User>;
};

export async function deploymentApprovals(
  handle: DbHandle,
  repo: Repo,
  deployment: Deployment,
): Promise<DeploymentApprovals> {
  const environment = await findById(handle, repo.id, deployment.environmentId);
  const protections = environment ? (await readCoverage(handle, repo))(environment) : [];
  const approvals = await findApprovals(handle, deployment.id);
  const rules = summarise(protections, approvals);
  const named = [...approvals.map(({ userId }) => userId), ...rules.flatMap(({ rule }) => rule.userId ?? [])];
  return {
    pending: deployment.status === 'blocked' ? missingApprovals(rules) : 0,
    approvals,
    rules,
    users: await findUsers(handle, named),
  };
}
