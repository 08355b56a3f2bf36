import type { Principal } from '../../access/index.ts';
import type { DbHandle } from '../../db/index.ts';
import {
  type Coverage,
  type Environment,
  findEnvironment,
  mayDeploy,
  mayDeployTo,
  type Person,
  readCoverage,
} from '../../environments/index.ts';
import type { Repo } from '../../repos/index.ts';
import { type Answer, forbidden, recordNotFound } from './answer.ts';

export type GuardedEnvironment =
  | { readonly kind: 'found'; readonly environment: Environment }
  | { readonly kind: 'refused'; readonly answer: Answer };

/** The environment that somebody wants to change, unless its protection excludes them. */
export async function findGuarded(
  handle: DbHandle,
  { repo, principal }: { readonly repo: Repo; readonly principal: Principal },
  environmentId: number,
): Promise<GuardedEnvironment> {
  const environment = await findEnvironment(handle, repo.id, environmentId);
  if (!environment) return { kind: 'refused', answer: recordNotFound };
  const { name, tier } = environment;
  if (await mayDeployTo(handle, { name, tier, repo }, personOf(principal, repo))) return { kind: 'found', environment };
  return { kind: 'refused', answer: forbidden };
}

/** What protection says of any environment of a repo, to one principal. */
export async function readGuard(
  handle: DbHandle,
  { repo, principal }: { readonly repo: Repo; readonly principal: Principal },
): Promise<{
  readonly isProtected: (environment: Parameters<Coverage>[0]) => boolean;
  readonly admits: (environment: Parameters<Coverage>[0]) => boolean;
}> {
  const coverage = await readCoverage(handle, repo);
  const person = personOf(principal, repo);
  return {
    isProtected: (environment) => coverage(environment).length > 0,
    admits: (environment) => mayDeploy(coverage(environment), person),
  };
}

/** Somebody as protection of a repo's environments sees them: a stranger to the repo has no role there. */
export function personOf(principal: Principal, repo: Repo): Person {
  const isMember = principal.repoId === null || principal.repoId === repo.id;
  return { userId: principal.actor.id, role: isMember ? principal.role : null };
}
