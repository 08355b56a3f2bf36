import type { Tx } from '../db/index.ts';
import { recordChange } from './change-log.ts';
import { environmentName, otherEnvironmentName } from './names.ts';
import { otherSlugOf, slugOf } from './slug.ts';
import { findByName, findOwned, insertEnvironment, isSlugTaken, setOwner } from './store.ts';
import { guessTier } from './tier.ts';
import type { OwningProject } from './types.ts';

export type ProjectRequest = {
  readonly repoId: number;
  readonly project: OwningProject;
  readonly actorId: number;
  readonly now: number;
};

/**
 * The id of the environment of a project: its own, else one of the wanted name that no project owns, else a new one.
 * The caller holds the repo's row, so that nobody else makes one meanwhile.
 */
export async function environmentOfProject(tx: Tx, request: ProjectRequest): Promise<number> {
  const owned = await findOwned(tx, request.repoId, request.project);
  if (owned) return owned.id;
  let name = environmentName(request.project);
  for (let attempt = 1; ; attempt += 1) {
    const namesake = await findByName(tx, request.repoId, name);
    if (!namesake) return createFor(tx, request, name);
    if (!namesake.project) return adopt(tx, request, namesake.id);
    name = otherEnvironmentName(request.project, attempt);
  }
}

async function createFor(tx: Tx, request: ProjectRequest, name: string): Promise<number> {
  const { repoId, project, actorId, now } = request;
  let slug = slugOf(name);
  for (let attempt = 1; await isSlugTaken(tx, repoId, slug); attempt += 1) slug = otherSlugOf(name, attempt);
  const environmentId = await insertEnvironment(tx, { repoId, name, slug, tier: guessTier(name), project, now });
  await recordChange(tx, { environmentId, actorId, kind: 'created', reason: 'first apply of its project', now });
  return environmentId;
}

async function adopt(tx: Tx, request: ProjectRequest, environmentId: number): Promise<number> {
  const { project, actorId, now } = request;
  await setOwner(tx, environmentId, { project, now });
  await recordChange(tx, { environmentId, actorId, kind: 'adopted', reason: 'first apply of its project', now });
  return environmentId;
}
