import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { localStatePath, readBackend } from './backend.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'polder-backend-'));
  await mkdir(join(folder, '.terraform'));
});
afterEach(async () => rm(folder, { recursive: true, force: true }));

describe('readBackend', () => {
  it.each([
    [
      '{"version": 3, "backend": {"type": "local", "config": {"path": "a/b.tfstate", "workspace_dir": null}}}',
      { kind: 'local', path: 'a/b.tfstate', workspaceDir: null },
    ],
    ['{"version": 3, "backend": {"type": "s3", "config": {"bucket": "b"}}}', { kind: 'other', type: 's3' }],
    ['{"version": 3, "backend": {"type": "cloud", "config": {}}}', { kind: 'cloud' }],
    ['{"version": 3, "serial": 1}', { kind: 'none' }],
    ['{"version": 3, "backend": 7}', { kind: 'other', type: 'unknown' }],
    ['not JSON', { kind: 'other', type: 'unknown' }],
  ])('%s', async (record, expected) => {
    await writeFile(join(folder, '.terraform', 'terraform.tfstate'), record);
    expect(readBackend(folder)).toEqual(expected);
  });

  it('finds none where init recorded none', async () => {
    expect(readBackend(folder)).toEqual({ kind: 'none' });
  });
});

describe('localStatePath', () => {
  it.each([
    ['default', { kind: 'none' }, '/p/terraform.tfstate'],
    ['a', { kind: 'none' }, '/p/terraform.tfstate.d/a/terraform.tfstate'],
    ['default', { kind: 'local', path: 'x/y', workspaceDir: 'w' }, '/p/x/y'],
    ['a', { kind: 'local', path: 'x/y', workspaceDir: 'w' }, '/p/w/a/terraform.tfstate'],
    ['a', { kind: 'local', path: '/s/y', workspaceDir: null }, '/p/terraform.tfstate.d/a/terraform.tfstate'],
    ['default', { kind: 'local', path: '/s/y', workspaceDir: null }, '/s/y'],
    ['default', { kind: 'other', type: 's3' }, null],
    ['default', { kind: 'cloud' }, null],
  ] as const)('%s, %j', (workspace, backend, expected) => {
    expect(localStatePath('/p', workspace, backend)).toBe(expected);
  });
});
