import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commitFiles, git } from '../../test/support/git.ts';
import { mirroredRepo } from '../../test/support/mirror.ts';
import { changedPaths } from './changed-paths.ts';

const long = 'a line that is long enough to be recognised\n'.repeat(20);

/** `change` is made on a branch of its own, `onMain` on the base meanwhile. */
async function pathsOf(change: (source: string) => Promise<void>, onMain: Record<string, string> = {}) {
  const { source, deps, fetch } = await mirroredRepo({ 'a/main.tf': long, 'b/main.tf': '# b', 'link.tf': '' });
  await git(source, 'switch', '--quiet', '--create', 'topic');
  await change(source);
  const head = await commitFiles(source, {});
  await git(source, 'switch', '--quiet', 'main');
  const base = await commitFiles(source, onMain);
  await fetch();
  return {
    ofPull: await changedPaths(deps, 1, { base, head }),
    ofBase: await changedPaths(deps, 1, { base: head, head: base }),
  };
}

describe('changedPaths', () => {
  it('names added, changed and deleted files', async () => {
    const { ofPull } = await pathsOf(async (source) => {
      await commitFiles(source, { 'a/main.tf': '# other', 'c/new.tf': '' });
      await rm(join(source, 'b/main.tf'));
    });
    expect(ofPull).toEqual(['a/main.tf', 'b/main.tf', 'c/new.tf']);
  });

  it('names both paths of a renamed file', async () => {
    const { ofPull } = await pathsOf(async (source) => {
      await mkdir(join(source, 'moved'));
      await git(source, 'mv', 'a/main.tf', 'moved/main.tf');
    });
    expect(ofPull).toEqual(['a/main.tf', 'moved/main.tf']);
  });

  it('names files whose mode changed, and links', async () => {
    const { ofPull } = await pathsOf(async (source) => {
      await git(source, 'update-index', '--chmod=+x', 'b/main.tf');
      await git(source, 'commit', '--quiet', '--message', 'Mode');
      await git(
        source,
        'update-index',
        '--add',
        '--cacheinfo',
        `120000,${await git(source, 'hash-object', '-w', 'b/main.tf')},link.tf`,
      );
      await git(source, 'commit', '--quiet', '--message', 'Link');
      await git(source, 'reset', '--quiet', '--hard');
    });
    expect(ofPull).toEqual(['b/main.tf', 'link.tf']);
  });

  it('takes every path as it is', async () => {
    const odd = ['-x.tf', 'a b.tf', 'line\nbreak.tf', 'quote"s.tf', '{a,b}*?.tf', 'ä/€.tf'];
    const { ofPull } = await pathsOf(async (source) => {
      await commitFiles(source, Object.fromEntries(odd.map((path) => [path, ''])));
    });
    expect(ofPull).toEqual(odd);
  });

  it('leaves out what happened on the base since', async () => {
    const { ofPull, ofBase } = await pathsOf(
      async (source) => {
        await commitFiles(source, { 'c/new.tf': '' });
      },
      { 'b/main.tf': '# moved on' },
    );
    expect(ofPull).toEqual(['c/new.tf']);
    expect(ofBase).toEqual(['b/main.tf']);
  });

  it('names nothing where nothing was changed', async () => {
    expect(await pathsOf(async () => undefined)).toEqual({ ofPull: [], ofBase: [] });
  });

  it('names all that differs where there is no common history', async () => {
    const { source, deps, fetch, first } = await mirroredRepo({ 'a.tf': 'a', 'both.tf': 'same' });
    await git(source, 'switch', '--quiet', '--orphan', 'alone');
    const head = await commitFiles(source, { 'b.tf': 'b', 'both.tf': 'same' });
    await fetch();
    expect(await changedPaths(deps, 1, { base: first, head })).toEqual(['a.tf', 'b.tf']);
  });

  it('says which commit is not there', async () => {
    const { deps, first } = await mirroredRepo({ 'a.tf': '' });
    const head = '1'.repeat(40);
    const listing = changedPaths(deps, 1, { base: first, head });
    await expect(listing).rejects.toThrow(`listing what commit ${head} changes: `);
    await expect(listing).rejects.toMatchObject({ code: 'git_failed' });
  });
});
