import { findUsers, type User } from '../../access/index.ts';
import type { DbHandle } from '../../db/index.ts';
import type { Repo } from '../../repos/index.ts';
import { readCoverage } from '../protection/coverage.ts';
import { findSubjects, type Subjects } from '../protection/subjects.ts';
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
  /** Who approved and rejected, by id. */
  readonly users: ReadonlyMap<number, User>;
  readonly subjects: Subjects;
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
  const users = approvals.map(({ userId }) => userId);
  const subjects = rules.map(({ rule }) => rule);
  return {
    pending: deployment.status === 'blocked' ? missingApprovals(rules) : 0,
    approvals,
    rules,
    users: await findUsers(handle, users),
    subjects: await findSubjects(handle, subjects),
  };
}
