import type { Selectable } from 'kysely';
import type { DbHandle, TokensTable, Tx, UsersTable } from '../db/index.ts';
import type { Actor, Role, Scope, Token, User } from './types.ts';

type Identity = Pick<UsersTable, 'kind' | 'host' | 'login'>;

/** The user of that identity, made when it is new. Two that come at once get the same row. */
export async function ensureUser(handle: DbHandle, identity: Identity, now: number): Promise<Actor> {
  const find = () =>
    handle.query
      .selectFrom('users')
      .select(['id', 'kind', 'login'])
      .where('kind', '=', identity.kind)
      .where('host', '=', identity.host)
      .where('login', '=', identity.login)
      .executeTakeFirst();
  const known = await find();
  if (known) return known;
  await handle.query
    .insertInto('users')
    .values({ ...identity, name: identity.login, created_at: now })
    .onConflict((conflict) => conflict.columns(['kind', 'host', 'login']).doNothing())
    .execute();
  return (await find()) as Actor;
}

export async function findUsers(handle: DbHandle, ids: readonly number[]): Promise<Map<number, User>> {
  if (ids.length === 0) return new Map();
  const rows = await handle.query
    .selectFrom('users')
    .selectAll()
    .where('id', 'in', [...new Set(ids)])
    .execute();
  return new Map(rows.map((row) => [row.id, toUser(row)]));
}

export type TokenRow = Token & {
  readonly secretHash: string;
  readonly user: Actor;
  /** The job it was minted for; null for a token that somebody made. */
  readonly jobId: number | null;
};

export async function insertToken(tx: Tx, token: Omit<Token, 'id' | 'revokedAt' | 'lastUsedAt'>, secret: SecretOf) {
  const row = await tx.query
    .insertInto('tokens')
    .values({
      name: token.name,
      user_id: secret.userId,
      role: token.role,
      scope: token.scope,
      repo_id: token.repoId,
      secret_hash: secret.hash,
      job_id: secret.jobId ?? null,
      created_at: token.createdAt,
      expires_at: token.expiresAt,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return row.id;
}

type SecretOf = { readonly userId: number; readonly hash: string; readonly jobId?: number };

export async function deleteTokensOfJob(tx: Tx, jobId: number): Promise<void> {
  await tx.query.deleteFrom('tokens').where('job_id', '=', jobId).execute();
}

/** The tokens that people made for a user, whatever has become of them. */
export async function findTokensOfUser(handle: DbHandle, userId: number): Promise<Token[]> {
  const query = handle.query.selectFrom('tokens').selectAll().where('user_id', '=', userId).where('job_id', 'is', null);
  return (await query.execute()).map(toToken);
}

/** The user of that id or, for other texts, of that login; the one with the smallest id where several have it. */
export async function findUser(handle: DbHandle, idOrLogin: string): Promise<User | undefined> {
  const users = handle.query.selectFrom('users').selectAll().orderBy('id').limit(1);
  const row = await (/^\d{1,15}$/.test(idOrLogin)
    ? users.where('id', '=', Number(idOrLogin))
    : users.where('login', '=', idOrLogin)
  ).executeTakeFirst();
  return row && toUser(row);
}

/** The user of that login whom Polder knows by itself: a token's, else the server's own. */
export async function findOwnUser(handle: DbHandle, login: string): Promise<Actor | undefined> {
  const users = await handle.query
    .selectFrom('users')
    .select(['id', 'kind', 'login'])
    .where('login', '=', login)
    .where('kind', 'in', ['token', 'system'])
    .execute();
  return users.find(({ kind }) => kind === 'token') ?? users[0];
}

/** Newest first. */
export async function findTokens(handle: DbHandle, where: { name: string } | { id: number } | 'all'): Promise<Token[]> {
  let query = handle.query.selectFrom('tokens').selectAll().where('job_id', 'is', null).orderBy('id', 'desc');
  if (where !== 'all') query = 'id' in where ? query.where('id', '=', where.id) : query.where('name', '=', where.name);
  return (await query.execute()).map(toToken);
}

/** The token of that id that somebody made. */
export async function getToken(handle: DbHandle, id: number): Promise<Token | undefined> {
  const [token] = await findTokens(handle, { id });
  return token;
}

export async function findTokenByHash(handle: DbHandle, hash: string): Promise<TokenRow | undefined> {
  const row = await handle.query
    .selectFrom('tokens')
    .innerJoin('users', 'users.id', 'tokens.user_id')
    .selectAll('tokens')
    .select(['users.kind', 'users.login'])
    .where('secret_hash', '=', hash)
    .executeTakeFirst();
  if (!row) return undefined;
  const user = { id: row.user_id, kind: row.kind, login: row.login };
  return { ...toToken(row), secretHash: row.secret_hash, user, jobId: row.job_id };
}

/** False when it was revoked already. */
export async function markRevoked(handle: DbHandle, id: number, now: number): Promise<boolean> {
  const result = await handle.query
    .updateTable('tokens')
    .set({ revoked_at: now })
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

export async function markUsed(handle: DbHandle, id: number, now: number): Promise<void> {
  await handle.query.updateTable('tokens').set({ last_used_at: now }).where('id', '=', id).execute();
}

export async function insertAuditEvent(
  handle: DbHandle,
  event: {
    actor_id: number;
    action: string;
    repo_id: number | null;
    subject: string;
    details: string;
    created_at: number;
  },
): Promise<void> {
  await handle.query.insertInto('audit_events').values(event).execute();
}

function toUser(row: Selectable<UsersTable>): User {
  const { id, kind, host, login, name } = row;
  return { id, kind, host, login, name, createdAt: row.created_at };
}

function toToken(row: Selectable<TokensTable>): Token {
  return {
    id: row.id,
    name: row.name,
    role: row.role as Role,
    scope: row.scope as Scope,
    repoId: row.repo_id,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
    lastUsedAt: row.last_used_at,
  };
}
