import type { DbHandle } from '../db/index.ts';
import { findTokensOfUser } from './store.ts';
import { tokenStatus } from './tokens.ts';
import { type Actor, type Role, roles } from './types.ts';

/**
 * The role that an actor has at a repo (at all repos, for null) at a time: the strongest of the tokens in force that are
 * good for it. Null for one who has none, which holds for logins of hosts: Polder does not know what they may do there.
 */
export async function roleOfActor(
  handle: DbHandle,
  actor: Actor,
  at: { readonly repoId: number | null; readonly now: number },
): Promise<Role | null> {
  if (actor.kind === 'system') return actor.login === 'polder' ? 'admin' : 'maintainer';
  const tokens = await findTokensOfUser(handle, actor.id);
  const held = tokens
    .filter((token) => tokenStatus(token, at.now) === 'active')
    .filter(({ repoId }) => repoId === null || repoId === at.repoId)
    .map(({ role }) => role);
  return roles.findLast((role) => held.includes(role)) ?? null;
}
