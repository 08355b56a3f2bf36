import type { DbHandle } from '../db/index.ts';
import { ensureUser } from './store.ts';
import type { Actor, Principal } from './types.ts';

/** The actors that are no person: the holder of the API secret, and the server's own timers and commands. */
export type SystemLogin = 'atlantis-api' | 'polder';

/** The actor of a system login. May be called at any time and by several at once. `now`: ms since the epoch. */
export async function ensureSystemUser(handle: DbHandle, login: SystemLogin, now: number): Promise<Actor> {
  return ensureUser(handle, { kind: 'system', host: '', login }, now);
}

/** The actor of a login at a host, such as `octocat` at `github.com`. May be called by several at once. */
export async function ensureHostUser(
  handle: DbHandle,
  identity: { readonly host: string; readonly login: string },
  now: number,
): Promise<Actor> {
  return ensureUser(handle, { kind: 'host', host: identity.host, login: identity.login }, now);
}

/** What the API secret allows: all that the routes under `/api/` offer, on every repo. */
export async function apiSecretPrincipal(handle: DbHandle, now: number): Promise<Principal> {
  const actor = await ensureSystemUser(handle, 'atlantis-api', now);
  return { actor, role: 'maintainer', scope: 'api', repoId: null };
}
