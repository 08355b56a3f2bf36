import type { DbHandle } from '../db/index.ts';
import { findTokensOfUser } from './store.ts';
import { tokenStatus } from './tokens.ts';
import { type Actor, type Principal, type Role, roles, type Token } from './types.ts';

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
  const tokens = await tokensInForce(handle, actor, at.now);
  return strongest(tokens.filter(({ repoId }) => repoId === null || repoId === at.repoId))?.role ?? null;
}

/** What somebody may do who acts as a user: what that user's strongest token allows, or a guest's rights without one. */
export async function principalOfUser(handle: DbHandle, actor: Actor, now: number): Promise<Principal> {
  const token = strongest(await tokensInForce(handle, actor, now));
  const systemRole = actor.kind === 'system' ? await roleOfActor(handle, actor, { repoId: null, now }) : null;
  return { actor, role: systemRole ?? token?.role ?? 'guest', scope: 'api', repoId: token?.repoId ?? null };
}

async function tokensInForce(handle: DbHandle, actor: Actor, now: number): Promise<Token[]> {
  const tokens = await findTokensOfUser(handle, actor.id);
  return tokens.filter((token) => tokenStatus(token, now) === 'active');
}

function strongest(tokens: readonly Token[]): Token | undefined {
  return [...tokens].sort((one, other) => roles.indexOf(other.role) - roles.indexOf(one.role))[0];
}
