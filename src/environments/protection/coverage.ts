import type { DbHandle } from '../../db/index.ts';
import { groupsOfRepo, type Repo } from '../../repos/index.ts';
import { mayDeploy } from './admits.ts';
import { protectionsOf } from './store.ts';
import type { Coverable, Person, ProtectedEnvironment } from './types.ts';

/** Tells for any environment of one repo by what it is protected. */
export type Coverage = (environment: Coverable) => readonly ProtectedEnvironment[];

/**
 * What protects the environments of a repo: names that the repo protects, and tiers that a group above it protects.
 * `*` in a protected name stands for any text, which no environment's own name can have.
 */
export async function readCoverage(handle: DbHandle, repo: Pick<Repo, 'id' | 'host' | 'fullName'>): Promise<Coverage> {
  const groups = await groupsOfRepo(handle, repo);
  const protections = await protectionsOf(handle, { repoId: repo.id, groupIds: groups.map(({ id }) => id) });
  const matchers = protections.map((protection) => ({ protection, covers: matcherOf(protection) }));
  return (environment) => matchers.filter(({ covers }) => covers(environment)).map(({ protection }) => protection);
}

/** Whether protection lets somebody deploy to an environment, stop it, change it and delete it. */
export async function mayDeployTo(
  handle: DbHandle,
  environment: Coverable & { readonly repo: Pick<Repo, 'id' | 'host' | 'fullName'> },
  person: Person,
): Promise<boolean> {
  return mayDeploy((await readCoverage(handle, environment.repo))(environment), person);
}

function matcherOf({ scope, name }: ProtectedEnvironment): (environment: Coverable) => boolean {
  if (scope.kind === 'group') return (environment) => environment.tier === name;
  const parts = name.split('*');
  if (parts.length === 1) return (environment) => environment.name === name;
  return (environment) => matchesPattern(environment.name, parts);
}

/** Whether the text is these parts with anything between them. By hand, so that no pattern takes long. */
function matchesPattern(text: string, parts: readonly string[]): boolean {
  const first = parts[0] ?? '';
  const last = parts.at(-1) ?? '';
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false;
  const end = text.length - last.length;
  let from = first.length;
  for (const part of parts.slice(1, -1)) {
    const at = text.indexOf(part, from);
    if (at < 0 || at + part.length > end) return false;
    from = at + part.length;
  }
  return true;
}
