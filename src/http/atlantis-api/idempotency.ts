import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';

export type IdempotencyKey =
  | { readonly kind: 'none' }
  | { readonly kind: 'given'; readonly key: string; readonly digest: string }
  | { readonly kind: 'invalid'; readonly message: string };

/**
 * The `Idempotency-Key` header (https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/) with the
 * digest of what it stands for: the route and the body.
 */
export function idempotencyKeyOf(request: FastifyRequest, body: Buffer): IdempotencyKey {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return { kind: 'none' };
  if (typeof key !== 'string' || !/^[\x21-\x7e]{1,255}$/.test(key)) {
    return { kind: 'invalid', message: 'header Idempotency-Key must have 1 to 255 visible ASCII characters' };
  }
  const digest = createHash('sha256').update(`${request.routeOptions.url}\n`).update(body).digest('hex');
  return { kind: 'given', key, digest };
}
