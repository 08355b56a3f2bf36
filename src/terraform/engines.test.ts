import { chmod, mkdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { fakeEngine } from '../../test/fakes/release-mirror.ts';
import { testEngine } from '../../test/support/engine.ts';
import { temporaryDir } from '../../test/support/temp.ts';
import { silentLog } from '../lib/log.ts';
import { createEngines, type EnginesOptions } from './index.ts';

let folder: string;
let binDir: string;
beforeEach(async () => {
  folder = await temporaryDir();
  binDir = join(folder, 'bin');
  await mkdir(binDir);
});

function engines(more: Partial<EnginesOptions> = {}) {
  return createEngines({
    binDir,
    pathEnv: `relative:${join(folder, 'path')}`,
    env: { PATH: '/usr/bin:/bin', TF_CLI_CONFIG_FILE: '/no/such/file' },
    defaultDistribution: 'terraform',
    defaultVersion: null,
    downloadsAllowed: false,
    downloadUrl: 'http://127.0.0.1:1',
    tofuDownloadUrl: 'http://127.0.0.1:1',
    log: silentLog(),
    ...more,
  });
}

async function install(path: string, distribution: 'terraform' | 'opentofu', version: string): Promise<string> {
  const file = join(folder, path);
  await mkdir(join(file, '..'), { recursive: true });
  await writeFile(file, fakeEngine(distribution, version, join(folder, 'starts')));
  await chmod(file, 0o755);
  return file;
}

async function starts(): Promise<number> {
  return (await readFile(join(folder, 'starts'), 'utf8')).trim().split('\n').length;
}

const any = { distribution: null, version: null };

describe('find', () => {
  it('knows a real engine', async () => {
    const { binary, distribution, version } = testEngine();
    const found = await engines({ configuredBinary: binary, env: process.env, defaultDistribution: distribution }).find(
      any,
    );
    expect(found).toEqual({ kind: 'found', engine: { binary, distribution, version } });
  });

  it('takes the configured program before the one on PATH', async () => {
    await install('path/terraform', 'terraform', '1.5.0');
    const configuredBinary = await install('own', 'terraform', '1.6.0');
    expect(await engines({ configuredBinary }).find(any)).toMatchObject({ engine: { binary: configuredBinary } });
    expect(await engines().find(any)).toMatchObject({ engine: { version: '1.5.0' } });
  });

  it.each([
    ['is not there', undefined],
    ['is another program', '#!/bin/sh\necho git version 2.39.5\n'],
    ['cannot be started', '#!/no/such/interpreter\n'],
  ])('finds nothing when the configured program %s', async (_title, script) => {
    await install('path/terraform', 'terraform', '1.5.0');
    const configuredBinary = join(folder, 'own');
    if (script !== undefined) await writeFile(configuredBinary, script, { mode: 0o755 });
    expect(await engines({ configuredBinary }).find(any)).toEqual({
      kind: 'not_found',
      message: 'what --terraform-binary names is not a terraform or tofu that can be run',
    });
  });

  it('asks a program again that did not answer', async () => {
    const gone = join(folder, 'is-busy');
    await writeFile(gone, '');
    await install('path/terraform', 'terraform', '1.5.0');
    const file = join(folder, 'path/terraform');
    const script = await readFile(file, 'utf8');
    await writeFile(file, script.replace('\n', `\ntest ! -e '${gone}' || exit 1\n`));
    const { find } = engines();
    expect(await find(any)).toMatchObject({ kind: 'not_found' });
    await rm(gone);
    expect(await find(any)).toMatchObject({ kind: 'found' });
  });

  it('takes the program on PATH when it fits, the highest fitting one with a version in its name otherwise', async () => {
    await install('path/terraform', 'terraform', '1.5.0');
    await install('path/terraform1.4.2', 'terraform', '1.4.2');
    const binary = await install('bin/terraform1.4.10', 'terraform', '1.4.10');
    const { find } = engines();
    expect(await find({ ...any, version: '>= 1.4' })).toMatchObject({ engine: { version: '1.5.0' } });
    expect(await find({ ...any, version: '~> 1.4.0' })).toEqual({
      kind: 'found',
      engine: { distribution: 'terraform', binary, version: '1.4.10' },
    });
    expect(await find({ ...any, version: '1.4.2' })).toMatchObject({ engine: { version: '1.4.2' } });
  });

  it('takes OpenTofu where only that is installed and nobody asked for Terraform', async () => {
    const binary = await install('path/tofu', 'opentofu', '1.8.0');
    expect(await engines().find(any)).toMatchObject({ engine: { binary } });
  });

  it('does not take OpenTofu for a project that asks for Terraform', async () => {
    await install('path/tofu', 'opentofu', '1.8.0');
    expect(await engines().find({ ...any, distribution: 'terraform' })).toMatchObject({ kind: 'not_found' });
  });

  it('does not take OpenTofu where a Terraform is installed that does not fit', async () => {
    await install('path/tofu', 'opentofu', '1.8.0');
    await install('path/terraform', 'terraform', '1.5.0');
    expect(await engines().find({ ...any, version: '>= 1.7' })).toMatchObject({ kind: 'not_found' });
  });

  it('does not take Terraform where OpenTofu was chosen for the server', async () => {
    await install('path/terraform', 'terraform', '1.5.0');
    expect(await engines({ defaultDistribution: 'opentofu' }).find(any)).toMatchObject({ kind: 'not_found' });
  });

  it('finds the other distribution where a project asks for it', async () => {
    await install('path/terraform', 'terraform', '1.5.0');
    const binary = await install('path/tofu', 'opentofu', '1.8.0');
    const wish = { distribution: 'opentofu', version: null } as const;
    expect(await engines({ defaultVersion: '1.5.0' }).find(wish)).toMatchObject({ engine: { binary } });
  });

  it('uses the default version where a project says nothing', async () => {
    await install('path/terraform', 'terraform', '1.5.0');
    await install('bin/terraform1.4.2', 'terraform', '1.4.2');
    const { find } = engines({ defaultVersion: '1.4.2' });
    expect(await find(any)).toMatchObject({ engine: { version: '1.4.2' } });
    expect(await find({ ...any, version: '> 1.4.2' })).toMatchObject({ engine: { version: '1.5.0' } });
  });

  it('starts each program once, however often and at once it is asked', async () => {
    const binary = await install('path/terraform', 'terraform', '1.5.0');
    const { find } = engines();
    await Promise.all(Array.from({ length: 5 }, (_, index) => find({ ...any, version: `>= 1.${index}` })));
    await find(any);
    expect(await starts()).toBe(1);
    await utimes(binary, new Date(), new Date(0));
    await find(any);
    expect(await starts()).toBe(2);
  });

  it('passes over files that only look like engines', async () => {
    await install('path/terraform', 'opentofu', '1.5.0');
    await install('bin/terraform1.9.0', 'terraform', '1.8.0');
    const binary = await install('bin/terraform1.4.2', 'terraform', '1.4.2');
    await writeFile(join(binDir, 'terraform1.7.0'), 'not executable');
    expect(await engines().find(any)).toMatchObject({ engine: { binary } });
  });

  it.each([
    [null, 'no terraform was found on this machine: no terraform is on PATH, and downloads are switched off'],
    [
      '~> 1.9',
      'no terraform ~> 1.9 was found on this machine: no terraform is on PATH, and downloads are switched off',
    ],
    [
      'latest',
      "terraform: the version 'latest' is not understood, expected one such as 1.5.7 or a constraint such as '>= 1.5, < 2.0'",
    ],
  ])('says what is missing for %s', async (version, message) => {
    expect(await engines().find({ ...any, version })).toEqual({ kind: 'not_found', message });
  });

  it('says which engines do not fit, and not where they are', async () => {
    await install('path/terraform', 'terraform', '1.5.0');
    const configuredBinary = await install('own/tf', 'terraform', '1.6.0');
    const there = 'that of --terraform-binary is 1.6.0, the terraform on PATH is 1.5.0';
    const message = `no terraform > 2 was found on this machine: ${there}, and downloads are switched off`;
    expect(await engines({ configuredBinary }).find({ ...any, version: '> 2' })).toEqual({
      kind: 'not_found',
      message,
    });
  });
});
