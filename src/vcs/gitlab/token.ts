import { createHash, timingSafeEqual } from 'node:crypto';

/** Whether the token that was sent is the secret. Takes the same time however much of it is right, and however long. */
export function isSecret(sent: string, secret: string): boolean {
  return timingSafeEqual(digest(sent), digest(secret));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
