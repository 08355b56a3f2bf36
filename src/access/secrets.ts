import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** Lets people and secret scanners recognise a Polder token. */
const prefix = 'pldr_';
const randomLength = 32;

/** A new secret: the prefix and 256 random bits, in characters that a double click selects as one word. */
export function newSecret(): string {
  return prefix + randomBytes(randomLength).toString('hex');
}

/** What is stored of a secret. A plain digest is enough: there is nothing to guess in 256 random bits. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret, 'utf8').digest('hex');
}

/**
 * Whether a given secret is the expected one, in a time that tells neither where they differ nor how long the
 * expected one is. An empty expected secret means that the feature is off: nothing matches it.
 */
export function secretMatches(given: string, expected: string): boolean {
  const equal = timingSafeEqual(Buffer.from(hashSecret(given)), Buffer.from(hashSecret(expected)));
  return equal && expected !== '';
}
