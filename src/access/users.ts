import type { DbHandle } from '../db/index.ts';
import { ensureUser, findOwnUser } from './store.ts';
import type { Actor, Principal } from './types.ts';

/** The actors that are no person: the holder of the API secret, and the server's own timers and commands. */
export const systemLogins = ['atlantis-api', 'polder'] as const;
export type SystemLogin = (typeof systemLogins)[number];

/** The actor of a system login. May be called at any time and by several at once. `now`: ms since the epoch. */
export async function ensureSystemUser(handle: DbHandle, login: SystemLogin, now: number): Promise<Actor> {
  return ensureUser(handle, { kind: 'system', host: '', login }, now);
}

/**
 * The actor of a login at a host, such as `octocat` at `github.com`. Logins at `local` are ours: those of tokens and of
 * the server itself, so that what a token's holder does on a local pull request counts as theirs. May be called by
 * several at once.
 */
export async function ensureHostUser(
  handle: DbHandle,
  identity: { readonly host: string; readonly login: string },
  now: number,
): Promise<Actor> {
  const { host, login } = identity;
  const own = host === 'local' ? await findOwnUser(handle, login) : undefined;
  return own ?? ensureUser(handle, { kind: 'host', host, login }, now);
}

/** What the API secret allows: all that the routes under `/api/` offer, on every repo. */
export async function apiSecretPrincipal(handle: DbHandle, now: number): Promise<Principal> {
  const actor = await ensureSystemUser(handle, 'atlantis-api', now);
  return { actor, role: 'maintainer', scope: 'api', repoId: null };
}
