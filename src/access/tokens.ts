import { type Db, type DbHandle, lockRow, type Tx } from '../db/index.ts';
import { recordAudit } from './audit.ts';
import { hashSecret, newSecret } from './secrets.ts';
import { ensureUser, findTokens, insertToken, markRevoked } from './store.ts';
import type { Actor, Role, Scope, Token } from './types.ts';
import { systemLogins } from './users.ts';

export type NewToken = {
  readonly name: string;
  readonly role: Role;
  readonly scope: Scope;
  /** The only repo it is good for; null for all. */
  readonly repoId: number | null;
  /** Milliseconds since the epoch; null for never. */
  readonly expiresAt: number | null;
  readonly now: number;
  /** Who makes it. */
  readonly actor: Actor;
};

export type CreateTokenResult =
  /** `token` is the secret: this is the only time it can be seen. */
  | { readonly kind: 'created'; readonly id: number; readonly token: string }
  | { readonly kind: 'refused'; readonly reason: TokenRefusal; readonly message: string };

export type TokenRefusal = 'name_invalid' | 'name_taken' | 'expiry_past';

/**
 * Makes a token. Its name is also the name of the user it acts as: a later token of the same name, possible once the
 * earlier one is revoked or expired, acts as the same user.
 */
export async function createToken(db: Db, request: NewToken): Promise<CreateTokenResult> {
  const problem = nameProblem(request.name);
  if (problem) return refused('name_invalid', problem);
  if (request.expiresAt !== null && request.expiresAt <= request.now) {
    return refused('expiry_past', 'the expiry of a token must lie in the future');
  }
  const secret = newSecret();
  return db.transaction(async (tx): Promise<CreateTokenResult> => {
    const user = await ensureUser(tx, { kind: 'token', host: '', login: request.name }, request.now);
    // Whoever makes a token of this name waits here, so that the check below stays true until the row is in.
    await lockRow(tx, 'users', user.id);
    const namesakes = await findTokens(tx, { name: request.name });
    if (namesakes.some((token) => tokenStatus(token, request.now) === 'active')) {
      return refused('name_taken', `a token named ${request.name} exists; revoke it first or choose another name`);
    }
    const id = await insertToken(
      tx,
      { ...request, createdAt: request.now },
      { userId: user.id, hash: hashSecret(secret) },
    );
    await audit(tx, 'token.create', { id, ...request });
    return { kind: 'created', id, token: secret };
  });
}

/** All tokens that people made, newest first, revoked and expired ones included. */
export async function listTokens(handle: DbHandle): Promise<Token[]> {
  return findTokens(handle, 'all');
}

export type RevokeTokenResult = { readonly kind: 'revoked'; readonly token: Token } | { readonly kind: 'not_found' };

/**
 * Ends a token at once. `token` is its name or its id in digits, which no name can be mistaken for. One that is
 * revoked already is not found.
 */
export async function revokeToken(
  db: Db,
  request: { readonly token: string; readonly actor: Actor; readonly now: number },
): Promise<RevokeTokenResult> {
  const { token: nameOrId, actor, now } = request;
  return db.transaction(async (tx): Promise<RevokeTokenResult> => {
    const candidates = await findTokens(tx, digits.test(nameOrId) ? { id: Number(nameOrId) } : { name: nameOrId });
    const token = candidates.find((candidate) => candidate.revokedAt === null);
    if (!token || !(await markRevoked(tx, token.id, now))) return { kind: 'not_found' };
    await audit(tx, 'token.revoke', { ...token, actor, now });
    return { kind: 'revoked', token: { ...token, revokedAt: now } };
  });
}

/** Whether a token works at a time. */
export function tokenStatus(
  token: Pick<Token, 'expiresAt' | 'revokedAt'>,
  now: number,
): 'active' | 'expired' | 'revoked' {
  if (token.revokedAt !== null) return 'revoked';
  return token.expiresAt !== null && token.expiresAt <= now ? 'expired' : 'active';
}

const digits = /^\d{1,15}$/;
const longestName = 100;

function nameProblem(name: string): string | undefined {
  if (name.length === 0 || name.length > longestName) {
    return `the name of a token must have 1 to ${longestName} characters`;
  }
  if (/^\d+$/.test(name)) return 'the name of a token must not be a number';
  if (systemLogins.some((login) => login === name)) return `${name} is a user of the server itself: take another name`;
  if (!/^[A-Za-z0-9._@ -]+$/.test(name) || name !== name.trim()) {
    return 'the name of a token may have letters, digits, blanks between others, and the characters . _ @ -';
  }
  return undefined;
}

function refused(reason: TokenRefusal, message: string): CreateTokenResult {
  return { kind: 'refused', reason, message };
}

async function audit(
  tx: Tx,
  action: string,
  token: { id: number; name: string; role: Role; scope: Scope; repoId: number | null; actor: Actor; now: number },
): Promise<void> {
  const { id, role, scope } = token;
  await recordAudit(tx, {
    actorId: token.actor.id,
    action,
    repoId: token.repoId,
    subject: token.name,
    details: { id, role, scope },
    now: token.now,
  });
}
