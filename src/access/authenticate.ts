import { timingSafeEqual } from 'node:crypto';
import type { DbHandle } from '../db/index.ts';
import { hashSecret } from './secrets.ts';
import { findTokenByHash, markUsed } from './store.ts';
import { tokenStatus } from './tokens.ts';
import type { Principal } from './types.ts';

export type Authentication =
  | {
      readonly kind: 'known';
      readonly principal: Principal;
      readonly tokenId: number;
      /** The job whose token it is; null for a token that somebody made. */
      readonly jobId: number | null;
    }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'expired' }
  | { readonly kind: 'revoked' };

/** How old `lastUsedAt` may get before a use writes it again: reads should not turn into writes. */
const usedResolution = 60_000;

/**
 * Who a Polder token belongs to. The row is found by the secret's digest, which whoever guesses cannot steer, and the
 * digests are then compared in constant time. `now`: milliseconds since the epoch.
 */
export async function authenticate(handle: DbHandle, secret: string, now: number): Promise<Authentication> {
  const hash = hashSecret(secret);
  const token = await findTokenByHash(handle, hash);
  if (!token || !timingSafeEqual(Buffer.from(token.secretHash), Buffer.from(hash))) return { kind: 'unknown' };
  const status = tokenStatus(token, now);
  if (status !== 'active') return { kind: status };
  if (token.lastUsedAt === null || token.lastUsedAt + usedResolution <= now) await markUsed(handle, token.id, now);
  const { role, scope, repoId, user, jobId } = token;
  return { kind: 'known', principal: { actor: user, role, scope, repoId }, tokenId: token.id, jobId };
}
