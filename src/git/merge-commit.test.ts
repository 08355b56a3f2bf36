import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commitFiles, git } from '../../test/support/git.ts';
import { mirroredRepo } from '../../test/support/mirror.ts';
import { mirrorDir } from './layout.ts';
import { mergeCommit } from './merge-commit.ts';
import { openCheckout } from './open-checkout.ts';
import { forgetPullRef } from './private-refs.ts';
import { readFile } from './read-commit.ts';

const pullRef = 'refs/pull/7/head';

/** A base and a head that both went on from the same commit. */
async function parted(onHead: Record<string, string>, onBase: Record<string, string>) {
  const files = { 'main.tf': 'one\ntwo\nthree\nfour\nfive\n', 'other.tf': '' };
  const repo = await mirroredRepo(files, { lockPatienceMs: 20 });
  const { source, deps } = repo;
  await git(source, 'switch', '--quiet', '--create', 'topic');
  const head = await commitFiles(source, onHead);
  await git(source, 'switch', '--quiet', 'main');
  const base = await commitFiles(source, onBase);
  await repo.fetch();
  const merge = (order: Partial<{ base: string; head: string }> = {}) =>
    mergeCommit(deps, 1, { base, head, pullRef, ...order });
  return { ...repo, base, head, merge, mirror: mirrorDir(deps, 1) };
}

const apart = [{ 'main.tf': 'ONE\ntwo\nthree\nfour\nfive\n' }, { 'main.tf': 'one\ntwo\nthree\nfour\nFIVE\n' }] as const;

describe('mergeCommit', () => {
  it('makes a commit of both', async () => {
    const { merge, deps, base, head, mirror } = await parted(...apart);
    const merged = await merge();
    if (merged.kind !== 'merged') throw new Error(merged.kind);
    expect(await git(mirror, 'log', '--no-walk', '--format=%P|%B|%an|%cn', merged.sha)).toBe(
      `${base} ${head}|atlantis-merge\n|atlantis|atlantis`,
    );
    const file = await readFile(deps, { repoId: 1, sha: merged.sha }, { path: 'main.tf', maxBytes: 100 });
    expect(file).toEqual({ kind: 'file', text: 'ONE\ntwo\nthree\nfour\nFIVE\n' });
    expect((await openCheckout(deps, { repoId: 1, sha: merged.sha, owner: 'test' })).sha).toBe(merged.sha);
  });

  it('gives the same commit each time', async () => {
    const { merge } = await parted(...apart);
    const [first, second] = [await merge(), await merge()];
    expect(first).toEqual(second);
  });

  it('makes a merge, too, where the base could simply move on', async () => {
    const { merge, first, head, mirror } = await parted({ 'main.tf': '# new' }, {});
    const merged = await merge({ base: first });
    expect(merged.kind).toBe('merged');
    if (merged.kind === 'merged') expect(await git(mirror, 'rev-parse', `${merged.sha}^2`)).toBe(head);
  });

  it.each(['head', 'first'] as const)('has nothing to merge when the base has the head: %s', async (which) => {
    const repo = await parted({}, {});
    expect(await repo.merge({ head: repo.base })).toEqual({ kind: 'up_to_date', sha: repo.base });
    expect(await repo.merge({ base: repo.head, head: repo[which] })).toEqual({ kind: 'up_to_date', sha: repo.head });
  });

  it('says what is in conflict, as git does', async () => {
    const { merge } = await parted({ 'main.tf': 'mine', 'new ä.tf': 'a' }, { 'main.tf': 'theirs', 'new ä.tf': 'b' });
    const merged = await merge();
    expect(merged).toEqual({
      kind: 'conflict',
      text: [
        'Auto-merging main.tf',
        'CONFLICT (content): Merge conflict in main.tf',
        'Auto-merging new ä.tf',
        'CONFLICT (add/add): Merge conflict in new ä.tf',
      ].join('\n'),
    });
  });

  it('says that a file was changed here and deleted there', async () => {
    const { source, fetch, head, merge } = await parted({ 'main.tf': 'mine' }, {});
    await rm(join(source, 'main.tf'));
    const base = await commitFiles(source, {});
    await fetch();
    const merged = await merge({ base, head });
    expect(merged).toMatchObject({
      kind: 'conflict',
      text: expect.stringContaining('(modify/delete): main.tf deleted in'),
    });
  });

  it('does not merge what has no common history', async () => {
    const { source, fetch, merge } = await parted({}, {});
    await git(source, 'switch', '--quiet', '--orphan', 'alone');
    const head = await commitFiles(source, { 'x.tf': '' });
    await fetch();
    expect(await merge({ head })).toEqual({ kind: 'conflict', text: 'refusing to merge unrelated histories' });
  });

  it('keeps the newest merge of a pull request until it is forgotten', async () => {
    const { source, fetch, merge, mirror, deps } = await parted(...apart);
    const refs = () => git(mirror, 'for-each-ref', '--format=%(objectname)', 'refs/polder');
    await merge();
    const base = await commitFiles(source, { 'other.tf': 'moved on' });
    await fetch();
    const newest = await merge({ base });
    expect(newest).toEqual({ kind: 'merged', sha: await refs() });
    await fetch();
    expect(newest).toEqual({ kind: 'merged', sha: await refs() });
    await forgetPullRef(deps, 1, pullRef);
    await forgetPullRef(deps, 1, pullRef);
    expect(await refs()).toBe('');
  });

  it('is not kept from it by locks that a killed git left', async () => {
    const { merge, mirror, deps } = await parted(...apart);
    const { sha } = (await merge()) as { sha: string };
    const locks = ['packed-refs.lock', 'refs/polder/merge/pull/7/head.lock'].map((name) => join(mirror, name));
    for (const lock of locks) await writeFile(lock, '');
    expect(await merge()).toEqual({ kind: 'merged', sha });
    for (const lock of locks) await writeFile(lock, '');
    await forgetPullRef(deps, 1, pullRef);
    expect(await git(mirror, 'for-each-ref', 'refs/polder')).toBe('');
  });

  it('says which git it needs', async () => {
    const { deps, base, head } = await parted({}, {});
    const merging = mergeCommit({ ...deps, version: [2, 37] }, 1, { base, head, pullRef });
    await expect(merging).rejects.toMatchObject({
      code: 'git_failed',
      message: `merging commit ${head} into ${base}: git 2.38 or newer is needed for it, this server has 2.37`,
    });
  });
});
