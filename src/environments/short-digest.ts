import { createHash } from 'node:crypto';

/**
 * Six characters of `0-9a-z` that stand for a text: the last ones of its SHA-256 in base 36. GitLab ends slugs with
 * them (https://docs.gitlab.com/ci/environments/#cicd-variables), so that ours are the same.
 */
export function shortDigest(text: string): string {
  const hash = createHash('sha256').update(text, 'utf8').digest('hex');
  return BigInt(`0x${hash}`).toString(36).slice(-6);
}
