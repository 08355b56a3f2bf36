import { describe, expect, it } from 'vitest';
import { nearest } from './nearest.ts';

describe('nearest', () => {
  it.each([
    ['prot', 'port'],
    ['repo-allow-list', 'repo-allowlist'],
    ['REPO_ALLOWLIST', 'repo-allowlist'],
    ['repo-allowlit', 'repo-allowlist'],
  ])('takes %s for %s', (word, candidate) => {
    expect(nearest(word, ['repo-config', 'port', 'repo-allowlist'])).toBe(candidate);
  });

  it('has no idea when nothing is near', () => {
    expect(nearest('banana', ['port', 'host'])).toBeUndefined();
  });
});
