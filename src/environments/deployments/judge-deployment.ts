import { type Actor, type Role, roleOfActor } from '../../access/index.ts';
import type { DbHandle } from '../../db/index.ts';
import type { Repo } from '../../repos/index.ts';
import { mayDeploy } from '../protection/admits.ts';
import { readCoverage } from '../protection/coverage.ts';
import type { Deployment, Environment } from '../types.ts';
import { findApprovals } from './approval-store.ts';
import { missingApprovals, summarise } from './approvals.ts';

/** Whether protection lets an actor carry out a deployment now. */
export type DeploymentVerdict =
  | { readonly kind: 'allowed' }
  | { readonly kind: 'not_permitted'; readonly role: Role | null }
  | { readonly kind: 'approvals_missing'; readonly missing: number };

export async function judgeDeployment(
  handle: DbHandle,
  wish: {
    readonly repo: Repo;
    readonly environment: Environment;
    readonly deployment: Deployment;
    readonly actor: Actor;
    /** Milliseconds since the epoch. */
    readonly now: number;
  },
): Promise<DeploymentVerdict> {
  const { repo, environment, deployment, actor, now } = wish;
  const protections = (await readCoverage(handle, repo))(environment);
  if (protections.length === 0) return { kind: 'allowed' };
  const role = await roleOfActor(handle, actor, { repoId: repo.id, now });
  if (!mayDeploy(protections, { userId: actor.id, role })) return { kind: 'not_permitted', role };
  const missing = missingApprovals(summarise(protections, await findApprovals(handle, deployment.id)));
  return missing > 0 ? { kind: 'approvals_missing', missing } : { kind: 'allowed' };
}
