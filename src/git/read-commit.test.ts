import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { commitFiles, git } from '../../test/support/git.ts';
import { type MirroredRepo, mirroredRepo } from '../../test/support/mirror.ts';
import { temporaryDir } from '../../test/support/temp.ts';
import { openCheckout } from './open-checkout.ts';
import { listTree, readFile, readLinks, trackedFile } from './read-commit.ts';

let repo: MirroredRepo;
let commit: { repoId: number; sha: string };

beforeAll(async () => {
  repo = await mirroredRepo({ 'main.tf': 'ä\n', 'a/b/c.tf': '', 'odd *?\n"name"': 'odd' });
  await symlink('/etc/passwd', join(repo.source, 'link'));
  await symlink('a', join(repo.source, 'folder-link'));
  await git(repo.source, 'update-index', '--add', '--cacheinfo', `160000,${repo.first},sub`);
  await git(repo.source, 'update-index', '--chmod=+x', 'main.tf');
  await git(repo.source, 'add', 'link', 'folder-link');
  await git(repo.source, 'commit', '--quiet', '--message', 'Links');
  const sha = await git(repo.source, 'rev-parse', 'HEAD');
  await commitFiles(repo.source, { 'later.tf': '' });
  await repo.fetch();
  commit = { repoId: repo.repoId, sha };
});

describe('readFile', () => {
  const read = (path: string, maxBytes = 1000) => readFile(repo.deps, commit, { path, maxBytes });

  it.each([
    ['main.tf', 'ä\n'],
    ['./a//b/c.tf', ''],
    ['a/../main.tf', 'ä\n'],
    ['odd *?\n"name"', 'odd'],
  ])('reads %j', async (path, text) => {
    expect(await read(path)).toEqual({ kind: 'file', text });
  });

  it.each([
    'nope',
    'later.tf',
    'main.tf/x',
    'folder-link/b/c.tf',
    '../main.tf',
    '/main.tf',
    'main.*',
    'a\0b',
    '--help',
    ':main.tf',
  ])('finds no %j', async (path) => {
    expect(await read(path)).toEqual({ kind: 'missing' });
  });

  it.each(['a', 'a/b/', '.', '', 'link', 'folder-link', 'sub'])('does not take %j for a file', async (path) => {
    expect(await read(path)).toEqual({ kind: 'not_a_file' });
  });

  it('does not read more than it is allowed to', async () => {
    expect(await read('main.tf', 2)).toEqual({ kind: 'too_large', size: 3 });
    expect(await read('main.tf', 3)).toEqual({ kind: 'file', text: 'ä\n' });
  });

  it('reads a large file whole', async () => {
    const text = Array.from({ length: 200_000 }, (_none, index) => `line ${index}\n`).join('');
    const sha = await commitFiles(repo.source, { 'large.tf': text });
    await repo.fetch();
    const file = await readFile(repo.deps, { ...commit, sha }, { path: 'large.tf', maxBytes: 10_000_000 });
    expect(file).toEqual({ kind: 'file', text });
  });

  it('names the file when the commit is not there', async () => {
    const read = readFile(repo.deps, { ...commit, sha: 'f'.repeat(40) }, { path: 'main.tf', maxBytes: 1 });
    await expect(read).rejects.toThrow(`reading main.tf of commit ${'f'.repeat(40)}: `);
  });
});

describe('listTree', () => {
  it('lists all files with their kinds', async () => {
    expect(await listTree(repo.deps, commit)).toEqual([
      { path: 'a/b/c.tf', kind: 'file' },
      { path: 'folder-link', kind: 'symlink', object: expect.stringMatching(/^[0-9a-f]{40}$/) },
      { path: 'link', kind: 'symlink', object: expect.stringMatching(/^[0-9a-f]{40}$/) },
      { path: 'main.tf', kind: 'executable' },
      { path: 'odd *?\n"name"', kind: 'file' },
      { path: 'sub', kind: 'submodule' },
    ]);
  });

  it('refuses more files than the limit', async () => {
    expect(await listTree(repo.deps, commit, { mostEntries: 6 })).toHaveLength(6);
    const listed = listTree(repo.deps, commit, { mostEntries: 5 });
    await expect(listed).rejects.toThrow(`listing the files of commit ${commit.sha}: it has more than 5 files`);
  });
});

describe('readLinks', () => {
  const linksOf = async (sha: string) => {
    const entries = await listTree(repo.deps, { ...commit, sha });
    return readLinks(
      repo.deps,
      commit.repoId,
      entries.filter((entry) => entry.kind === 'symlink'),
    );
  };

  it('reads where each link leads', async () => {
    await symlink('two\nlines ü', join(repo.source, 'odd-link'));
    await symlink('a', join(repo.source, 'same'));
    const sha = await commitFiles(repo.source, {});
    await repo.fetch();
    expect([...(await linksOf(sha))]).toEqual([
      ['folder-link', 'a'],
      ['link', '/etc/passwd'],
      ['odd-link', 'two\nlines ü'],
      ['same', 'a'],
    ]);
  });

  it('reads nothing where there are no links', async () => {
    expect(await readLinks(repo.deps, commit.repoId, [])).toEqual(new Map());
  });

  it('knows nothing when one is longer than all links together may be', async () => {
    const path = join(await temporaryDir(), 'huge');
    await writeFile(path, Buffer.alloc(17 * 1024 * 1024, 'x'));
    const blob = await git(repo.source, 'hash-object', '-w', path);
    await git(repo.source, 'update-index', '--add', '--cacheinfo', `120000,${blob},huge`);
    await git(repo.source, 'commit', '--quiet', '--message', 'Huge');
    const sha = await git(repo.source, 'rev-parse', 'HEAD');
    await repo.fetch();
    expect(new Set((await linksOf(sha)).values())).toEqual(new Set([null]));
  });
});

describe('trackedFile', () => {
  it('knows what git tracks, not what is on disk', async () => {
    const checkout = await openCheckout(repo.deps, { ...commit, owner: 'test' });
    const isTracked = (path: string) => trackedFile(repo.deps, checkout, path);
    expect(await isTracked('main.tf')).toBe(true);
    expect(await isTracked('a/b/c.tf')).toBe(true);
    expect(await isTracked('a')).toBe(false);
    expect(await isTracked('later.tf')).toBe(false);
    expect(await isTracked('../tree/main.tf')).toBe(false);
  });
});
