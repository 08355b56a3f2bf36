import { statSync } from 'node:fs';
import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { temporaryDir } from '../../test/support/temp.ts';
import { makeFolder } from './make-folder.ts';

let dir: string;
beforeEach(async () => {
  dir = await temporaryDir();
});

describe('makeFolder', () => {
  it('makes all that is missing for its owner alone', () => {
    makeFolder(join(dir, 'a/b'), 'tests');
    expect([join(dir, 'a'), join(dir, 'a/b')].map((path) => statSync(path).mode & 0o777)).toEqual([0o700, 0o700]);
  });

  it('takes a folder that is there', async () => {
    await symlink(dir, join(dir, 'link'));
    for (const path of [dir, join(dir, 'link')]) expect(() => makeFolder(path, 'tests')).not.toThrow();
  });

  it.skipIf(process.platform !== 'linux')('says at once that nothing can be made in /proc', () => {
    expect(() => makeFolder('/proc/no/polder', 'tests')).toThrow(
      'making the folder /proc/no/polder for tests: nothing can be made in /proc',
    );
  });

  it('names a file that is in the way', async () => {
    await writeFile(join(dir, 'file'), '');
    const making = `making the folder ${dir}/file/below for tests: `;
    expect(() => makeFolder(join(dir, 'file/below'), 'tests')).toThrow(making);
    // Later releases of Node.js say of what is below a file only that it is not there.
    expect(() => makeFolder(join(dir, 'file/below'), 'tests')).toThrow(/ENOTDIR|\/file is not a folder$/);
    expect(() => makeFolder(join(dir, 'file'), 'tests')).toThrow(`${dir}/file is not a folder`);
  });

  it('names a link that leads nowhere', async () => {
    await symlink(join(dir, 'nowhere'), join(dir, 'link'));
    expect(() => makeFolder(join(dir, 'link'), 'tests')).toThrow(/^making the folder .*: EEXIST/);
  });
});
