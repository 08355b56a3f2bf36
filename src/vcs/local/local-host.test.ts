import { mkdir, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { git, makeBareRepo, makeRepo } from '../../../test/support/git.ts';
import { temporaryDir } from '../../../test/support/temp.ts';
import { fetchMirror, listTree, openGit, resolveRef } from '../../git/index.ts';
import { silentLog } from '../../lib/log.ts';
import { localHost } from './local-host.ts';

let reposDir: string;
let dir: string;

beforeAll(async () => {
  dir = await temporaryDir();
  reposDir = join(dir, 'repos');
  await makeRepo(join(reposDir, 'acme/work'), { 'main.tf': '' });
  await makeBareRepo(join(reposDir, 'acme/bare.git'), join(reposDir, 'acme/work'));
  await makeBareRepo(join(reposDir, 'acme/plain'), join(reposDir, 'acme/work'));
  await makeBareRepo(join(reposDir, 'a/b/c/d.git'), join(reposDir, 'acme/work'));
  await makeRepo(join(reposDir, 'acme/both'), { 'main.tf': '' });
  await makeBareRepo(join(reposDir, 'acme/both.git'), join(reposDir, 'acme/work'));
  await makeRepo(join(reposDir, 'top'), { 'main.tf': '' });
  await mkdir(join(reposDir, 'acme/no-repo'));
  await writeFile(join(reposDir, 'acme/file'), '');
  await makeRepo(join(dir, 'outside'), { 'main.tf': '' });
  await symlink(join(dir, 'outside'), join(reposDir, 'acme/leaving'));
  await symlink('work', join(reposDir, 'acme/staying'));
  await mkdir(join(reposDir, 'acme/git-link'));
  await symlink(join(dir, 'outside/.git'), join(reposDir, 'acme/git-link/.git'));
  await git(join(dir, 'outside'), 'worktree', 'add', '--quiet', join(reposDir, 'acme/gitfile'), '--detach');
  await makeRepo(join(reposDir, '.hidden/repo'), { 'main.tf': '' });
  await makeRepo(join(reposDir, 'acme/-option'), { 'main.tf': '' });
  await rename(join(reposDir, 'acme/-option'), join(reposDir, 'acme/-x'));
});

describe('localHost', () => {
  const find = (name: string) => localHost({ reposDir }).findRepo(name);

  it.each([
    ['acme/work', 'acme/work'],
    ['acme/bare', 'acme/bare.git'],
    ['acme/plain', 'acme/plain'],
    ['a/b/c/d', 'a/b/c/d.git'],
    ['acme/both', 'acme/both'],
    ['acme/staying', 'acme/work'],
  ])('finds %s', async (fullName, folder) => {
    expect(await find(fullName)).toEqual({
      fullName,
      source: { url: join(reposDir, folder), credentials: null },
      webUrl: null,
    });
  });

  it.each([
    'acme/nope',
    'acme/no-repo',
    'acme/file',
    'acme/bare.git',
    'acme/work/.git',
    'acme/leaving',
    'acme/git-link',
    'acme/gitfile',
    'top',
    '.hidden/repo',
    'acme/-x',
    '../outside',
    'acme/../acme/work',
    'acme//work',
    '/acme/work',
    'acme/work/',
    'acme\\work',
    'acme/work\0',
    ' acme/work',
    '',
  ])('finds no %j', async (fullName) => {
    expect(await find(fullName)).toBeUndefined();
  });

  it('finds nothing in a folder that does not exist', async () => {
    expect(await localHost({ reposDir: join(dir, 'nope') }).findRepo('acme/work')).toBeUndefined();
  });

  it('has no pull requests', () => {
    const host = localHost({ reposDir });
    expect(host.capabilities.pulls).toBe(false);
    expect(host.pulls).toBeUndefined();
  });

  it('gives what is committed, not what lies in the work tree', async () => {
    await writeFile(join(reposDir, 'acme/work/uncommitted.tf'), '');
    const deps = await openGit({ dataDir: join(dir, 'data'), log: silentLog(), env: process.env });
    const repo = await find('acme/work');
    if (!repo) throw new Error('not found');
    await fetchMirror(deps, { id: 1, ...repo });
    const main = await resolveRef(deps, 1, 'main');
    if (main.kind !== 'commit') throw new Error(main.message);
    expect(await listTree(deps, { repoId: 1, sha: main.sha })).toEqual([{ path: 'main.tf', kind: 'file' }]);
  });
});
