import { mkdir, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryDir } from '../../test/support/temp.ts';
import { runProcess } from '../exec/index.ts';
import { readRootModule, rootModuleNames } from './root-module.ts';

describe('rootModuleNames', () => {
  const names = [
    'b.tf',
    'a.tf.json',
    'a.tofu',
    'a.tf',
    'c.tofu.json',
    'x.tfvars',
    '.hidden.tf',
    '#b.tf#',
    'b.tf~',
    'main.go',
  ];

  it('knows the files of Terraform', () => {
    expect(rootModuleNames(names, 'terraform')).toEqual(['a.tf', 'a.tf.json', 'b.tf']);
  });

  it('lets files of OpenTofu take the place of those with the same name', () => {
    expect(rootModuleNames(names, 'opentofu')).toEqual(['a.tf.json', 'a.tofu', 'b.tf', 'c.tofu.json']);
  });
});

describe('readRootModule', () => {
  it('reads files, also through a link, and nothing below', async () => {
    const folder = await temporaryDir();
    await mkdir(join(folder, 'project', 'module'), { recursive: true });
    await writeFile(join(folder, 'shared.tf'), '# shared');
    await symlink('../shared.tf', join(folder, 'project', 'shared.tf'));
    await writeFile(join(folder, 'project', 'main.tf'), '# main');
    await writeFile(join(folder, 'project', 'module', 'main.tf'), '# below');
    expect(readRootModule(join(folder, 'project'), 'terraform')).toEqual([
      { path: 'main.tf', content: '# main' },
      { path: 'shared.tf', content: '# shared' },
    ]);
  });

  it('passes over what cannot be a file of a root module', async () => {
    const folder = await temporaryDir();
    await mkdir(join(folder, 'folder.tf'));
    await symlink('/no/such', join(folder, 'broken.tf'));
    await symlink('/dev/zero', join(folder, 'endless.tf'));
    await makePipe(join(folder, 'pipe.tf'));
    await writeFile(join(folder, 'huge.tf'), '');
    await truncate(join(folder, 'huge.tf'), 100_000_000);
    expect(readRootModule(folder, 'terraform')).toEqual([]);
  });

  it('finds nothing in a folder that is not there', async () => {
    expect(readRootModule('/no/such', 'terraform')).toEqual([]);
  });
});

async function makePipe(path: string): Promise<void> {
  const env = { PATH: process.env.PATH ?? '' };
  const output = { kind: 'capture', maxBytes: 1_000 } as const;
  const made = await runProcess({ file: 'mkfifo', args: [path], cwd: '/', env, output, killAfterMs: 1_000 });
  expect(made).toMatchObject({ kind: 'exited', code: 0 });
}
