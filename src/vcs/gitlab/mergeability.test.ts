import { describe, expect, it } from 'vitest';
import { statusesThatCount } from './mergeability.ts';

describe('statusesThatCount', () => {
  const request = { iid: 7, source_branch: 'change' };
  const own = 'refs/merge-requests/7/head';
  const other = 'refs/merge-requests/8/head';
  const status = (id: number, name: string, ref: string | null) => ({ id, name, status: 'failed', ref });

  function idsOf(...statuses: readonly ReturnType<typeof status>[]): number[] {
    return statusesThatCount(statuses, request).map(({ id }) => id);
  }

  it('leaves out those of other merge requests and branches', () => {
    expect(idsOf(status(1, 'a', other), status(2, 'a', 'main'), status(3, 'a', own))).toEqual([3]);
  });

  it('counts those of the branch and of no ref where the merge request has none', () => {
    expect(idsOf(status(1, 'a', 'change'), status(2, 'b', null), status(3, 'c', other))).toEqual([1, 2]);
  });

  it('prefers its own to those of its branch, by name', () => {
    expect(idsOf(status(1, 'a', 'change'), status(2, 'b', 'change'), status(3, 'a', own))).toEqual([2, 3]);
  });

  it('counts both the head and the merged result', () => {
    expect(idsOf(status(1, 'a', own), status(2, 'a', 'refs/merge-requests/7/merge'))).toEqual([1, 2]);
  });

  it('counts the newest of a name and ref, in whatever order they come', () => {
    expect(idsOf(status(5, 'a', own), status(1, 'a', own))).toEqual([5]);
  });
});
