import { shortDigest } from './short-digest.ts';

const longest = 24;
const beforeSuffix = 17;

/**
 * The name in a form for host names and labels: at most 24 of `a-z`, `0-9` and `-`, beginning with a letter and not
 * ending with `-`. A name that cannot be kept as it is gets a suffix that only depends on it.
 */
export function slugOf(name: string): string {
  const plain = slugCharacters(name);
  return plain.length > longest || plain !== name ? slugWithSuffix(plain, name) : plain.replace(/-$/, '');
}

/** Another slug for a name whose own is taken (`foo` and `foo-` have the same); `attempt` gives further ones, from 1. */
export function otherSlugOf(name: string, attempt: number): string {
  return slugWithSuffix(slugCharacters(name), `${name} ${attempt}`);
}

function slugCharacters(name: string): string {
  const lower = name.toLowerCase().replace(/[^a-z0-9]/gu, '-');
  return (/^[a-z]/.test(lower) ? lower : `env-${lower}`).replace(/-+/g, '-');
}

function slugWithSuffix(plain: string, digested: string): string {
  return `${plain.slice(0, beforeSuffix).replace(/-$/, '')}-${shortDigest(digested)}`;
}
