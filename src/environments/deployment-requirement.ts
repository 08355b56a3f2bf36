import type { DbHandle } from '../db/index.ts';
import type { Refusal, Requirement } from '../runs/index.ts';
import { type DeploymentVerdict, judgeDeployment } from './deployments/judge-deployment.ts';
import { findDeploymentOfJob } from './deployments/store.ts';
import { findById } from './store.ts';

/**
 * Says no to an apply into a protected environment that its actor may not deploy to, or that still wants approvals.
 * Its deployment then waits for them, and the next apply of the commit goes on with it.
 */
export function deploymentRequirement(deps: { readonly db: DbHandle; readonly now: () => number }): Requirement {
  return async ({ run, repo, job }) => {
    if (run.kind !== 'apply') return undefined;
    const { db, now } = deps;
    const deployment = await findDeploymentOfJob(db, job.id);
    const environment = deployment && (await findById(db, repo.id, deployment.environmentId));
    if (!environment) return refused('The environment of this project was deleted meanwhile; apply again.');
    const verdict = await judgeDeployment(db, { repo, environment, deployment, actor: run.actor, now: now() });
    const wish = { environment: environment.name, deploymentId: deployment.id, login: run.actor.login };
    return verdict.kind === 'allowed' ? undefined : refused(sentenceOf(verdict, wish));
  };
}

function sentenceOf(
  verdict: Exclude<DeploymentVerdict, { kind: 'allowed' }>,
  wish: { readonly environment: string; readonly deploymentId: number; readonly login: string },
): string {
  const place = `The environment ${wish.environment} is protected`;
  switch (verdict.kind) {
    case 'not_permitted': {
      const who = verdict.role === null ? wish.login : `${wish.login} (${verdict.role})`;
      return `${place}: ${who} is not among those who may deploy to it.`;
    }
    case 'approvals_missing': {
      const approvals = verdict.missing === 1 ? '1 approval is' : `${verdict.missing} approvals are`;
      return `${place}: ${approvals} missing. Once deployment ${wish.deploymentId} is approved, apply this commit again.`;
    }
  }
}

function refused(message: string): Refusal {
  return { kind: 'requirement', message };
}
