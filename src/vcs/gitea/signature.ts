import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * Whether the bytes were signed with the secret: the HMAC with SHA-256 of the body, in hexadecimal. Takes the same time
 * wherever a wrong signature differs.
 * https://docs.gitea.com/usage/webhooks
 */
export function isSigned(rawBody: Buffer, secret: string, signature: string): boolean {
  if (!/^[0-9a-f]{64}$/i.test(signature)) return false;
  const expected = createHmac('sha256', secret).update(rawBody).digest();
  return timingSafeEqual(Buffer.from(signature, 'hex'), expected);
}
