import { createHmac, timingSafeEqual } from 'node:crypto';

const digests = ['sha256', 'sha1', 'sha512'];

/**
 * Whether the bytes were signed with the secret: `sha256=<hex>` or `sha1=<hex>`, the HMAC of the body. Takes the same
 * time wherever a wrong signature differs.
 * https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
 */
export function isSigned(rawBody: Buffer, secret: string, signature: string): boolean {
  const [, digest = '', hex = ''] = /^(\w+)=([0-9a-f]+)$/i.exec(signature) ?? [];
  if (!digests.includes(digest)) return false;
  const expected = createHmac(digest, secret).update(rawBody).digest();
  const sent = Buffer.from(hex, 'hex');
  return sent.length === expected.length && timingSafeEqual(sent, expected);
}
