import type { Actor } from '../../src/access/index.ts';
import { ensureHostUser, type Role } from '../../src/access/index.ts';
import type { Db } from '../../src/db/index.ts';
import type { Deployment, DeploymentReport, Revisions } from '../../src/environments/index.ts';
import { recordDeployment } from '../../src/environments/index.ts';
import type { Repo } from '../../src/repos/index.ts';

/** A repo's git as far as reports of deployments ask: the branch `main` and the tag `v1`, and every commit of 40 digits. */
export const someRevisions: Pick<Revisions, 'findCommit' | 'hasBranchOrTag' | 'messagesSince'> = {
  findCommit: async (_repo, sha) => (/^[0-9a-f]{40}$/.test(sha) ? sha : undefined),
  hasBranchOrTag: async (_repo, name) => name === 'main' || name === 'v1',
  messagesSince: async () => [],
};

export type Caller = { readonly actor: Actor; readonly person: { readonly userId: number; readonly role: Role } };

/** Somebody of that role, by a login of a host. */
export async function callerOf(db: Db, login: string, role: Role): Promise<Caller> {
  const actor = await ensureHostUser(db, { host: 'example.com', login }, 1);
  return { actor, person: { userId: actor.id, role } };
}

/** Records a deployment of `main` to production that succeeded, unless told otherwise. */
export async function report(
  db: Db,
  what: { readonly repo: Repo; readonly by: Caller } & Partial<DeploymentReport>,
): Promise<Deployment> {
  const { by, ...rest } = what;
  const usual = { environment: 'production', ref: 'main', tag: false, sha: 'a'.repeat(40), status: 'success' } as const;
  const result = await recordDeployment({ db, revisions: someRevisions }, { ...usual, ...by, now: 1000, ...rest });
  if (result.kind !== 'recorded') throw new Error(JSON.stringify(result));
  return result.deployment;
}
