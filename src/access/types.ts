/** The roles, weakest first. A role can do what those before it can. */
export const roles = ['guest', 'reporter', 'developer', 'maintainer', 'owner', 'admin'] as const;
export type Role = (typeof roles)[number];

/** `read_api` may read only, whatever its role. */
export const scopes = ['api', 'read_api'] as const;
export type Scope = (typeof scopes)[number];

/** Who did something: a row of the users table. */
export type Actor = {
  readonly id: number;
  readonly kind: 'token' | 'host' | 'system';
  /** The token's name, the login at a host, `atlantis-api` or `polder`. */
  readonly login: string;
};

/** An actor with what is shown of it. Times: milliseconds since the epoch. */
export type User = Actor & {
  /** The host the login belongs to; empty unless kind is `host`. */
  readonly host: string;
  readonly name: string;
  readonly createdAt: number;
};

/** Somebody who showed a valid credential, and what it allows. */
export type Principal = {
  readonly actor: Actor;
  readonly role: Role;
  readonly scope: Scope;
  /** The only repo the credential is good for; null for all. */
  readonly repoId: number | null;
};

/** A token as it may be shown: the secret is never kept. Times: milliseconds since the epoch. */
export type Token = {
  readonly id: number;
  readonly name: string;
  readonly role: Role;
  readonly scope: Scope;
  readonly repoId: number | null;
  readonly createdAt: number;
  readonly expiresAt: number | null;
  readonly revokedAt: number | null;
  /** Exact to a minute. */
  readonly lastUsedAt: number | null;
};
