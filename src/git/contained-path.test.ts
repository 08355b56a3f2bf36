import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryDir } from '../../test/support/temp.ts';
import { containedPath } from './contained-path.ts';

describe('containedPath', () => {
  let root: string;
  beforeAll(async () => {
    const dir = await temporaryDir();
    root = join(dir, 'root');
    await mkdir(join(root, 'a/b'), { recursive: true });
    await mkdir(join(dir, 'root-other'));
    await writeFile(join(root, 'a/file'), '');
    await symlink('a/b', join(root, 'inner'));
    await symlink('..', join(root, 'up'));
    await symlink('/etc', join(root, 'etc'));
    await symlink('loop', join(root, 'loop'));
  });

  it.each([
    ['.', ''],
    ['a/b', '/a/b'],
    ['a/./b/', '/a/b'],
    ['a/../a', '/a'],
    ['inner', '/a/b'],
    ['up/root/../..', ''],
    ['a/file', '/a/file'],
  ])('finds %j', async (path, below) => {
    expect(containedPath(root, path)).toEqual({ kind: 'inside', path: root + below });
  });

  it.each(['..', '../root-other', 'a/../../root-other', '/etc', 'etc', 'etc/passwd', 'up', 'up/root-other'])(
    'calls %j outside',
    async (path) => {
      expect(containedPath(root, path)).toEqual({ kind: 'outside' });
    },
  );

  it.each(['nope', 'a/nope/x', 'a/file/x', 'loop', 'a\0b', 'up/nope'])('calls %j missing', async (path) => {
    expect(containedPath(root, path)).toEqual({ kind: 'missing' });
  });

  it('follows links that make the root itself', async () => {
    const link = join(await temporaryDir(), 'link');
    await symlink(root, link);
    expect(containedPath(link, 'a')).toEqual({ kind: 'inside', path: join(root, 'a') });
  });
});
