import { type Ability, canSee, judge, type Principal } from '../../access/index.ts';
import type { DbHandle } from '../../db/index.ts';
import { findGroupsByReference, type Group, getGroup, type Repo, reposOfGroup } from '../../repos/index.ts';
import { type Answer, forbidden, groupNotFound, messageAnswer } from './answer.ts';
import { insufficientScope } from './credentials.ts';

export type GroupLookup =
  | { readonly kind: 'found'; readonly group: Group; readonly repos: readonly Repo[] }
  | { readonly kind: 'refused'; readonly answer: Answer };

type Wanted = {
  readonly principal: Principal;
  readonly ability: Ability;
  /** `all`: the ability is needed at the whole group; `some`: at one of its repos, and only such repos are found. */
  readonly repos: 'all' | 'some';
};

/**
 * The group that `:id` of a path means: its id, its path whatever the case, or `<host>/<path>`. A group of which the
 * caller may see no repo is as good as none.
 */
export async function findGroup(handle: DbHandle, reference: string, wanted: Wanted): Promise<GroupLookup> {
  const visible: { group: Group; repos: readonly Repo[] }[] = [];
  for (const group of await candidatesFor(handle, reference)) {
    const repos = (await reposOfGroup(handle, group)).filter((repo) => canSee(wanted.principal, repo));
    if (repos.length > 0 || wanted.principal.repoId === null) visible.push({ group, repos });
  }
  const [only, ...others] = visible;
  if (!only) return { kind: 'refused', answer: groupNotFound };
  if (others.length === 0) return admitTo(only, wanted);
  const forms = visible.map(({ group }) => `${group.host}/${group.path}`).join(' or ');
  return { kind: 'refused', answer: messageAnswer(404, `404 Group Not Found: several hosts have it, use ${forms}`) };
}

async function candidatesFor(handle: DbHandle, reference: string): Promise<Group[]> {
  if (!/^-?\d+$/.test(reference)) return findGroupsByReference(handle, reference);
  const id = Number(reference);
  const group = Number.isSafeInteger(id) ? await getGroup(handle, id) : undefined;
  return group ? [group] : [];
}

function admitTo(found: { group: Group; repos: readonly Repo[] }, wanted: Wanted): GroupLookup {
  const { principal, ability } = wanted;
  const ofGroup = principal.repoId === null ? judge(principal, ability, null) : 'role_too_low';
  if (ofGroup === 'allowed') return { kind: 'found', ...found };
  if (ofGroup === 'scope_too_small') return { kind: 'refused', answer: insufficientScope };
  const repos = found.repos.filter((repo) => judge(principal, ability, repo) === 'allowed');
  if (wanted.repos === 'all' || repos.length === 0) return { kind: 'refused', answer: forbidden };
  return { kind: 'found', group: found.group, repos };
}
