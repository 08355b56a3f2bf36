import { RE2JS } from 're2js';

/**
 * Tells whether an entry's `branch` is for this base branch; null is for every one. Expressions are compiled once each:
 * thousands of entries share a few.
 */
export function branchTest(baseBranch: string): (branch: string | null) => boolean {
  const known = new Map<string, boolean>();
  return (branch) => {
    if (branch === null) return true;
    const matches = known.get(branch) ?? RE2JS.compile(branch).matcher(baseBranch).find();
    known.set(branch, matches);
    return matches;
  };
}
