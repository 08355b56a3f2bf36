import { chmod, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryDir } from '../../test/support/temp.ts';
import { silentLog } from '../lib/log.ts';
import { openGit } from './open-git.ts';

/** The folder of a program `git` that knows its version and nothing else. */
async function gitOfVersion(version: string): Promise<string> {
  const dir = await temporaryDir();
  await writeFile(join(dir, 'git'), `#!/bin/sh\necho git version ${version}\n`);
  await chmod(join(dir, 'git'), 0o755);
  return dir;
}

async function openWith(PATH: string) {
  return openGit({ dataDir: join(await temporaryDir(), 'data'), log: silentLog(), env: { PATH } });
}

describe('openGit', () => {
  it.each(['2.32.0', '2.39.5 (Apple Git-154)', '2.50.1.windows.1', '3.0.0-rc1'])('takes git %s', async (version) => {
    await expect(openWith(await gitOfVersion(`'${version}'`))).resolves.toBeDefined();
  });

  it.each(['2.31.9', '1.99.0'])('refuses git %s', async (version) => {
    const opened = openWith(await gitOfVersion(version));
    await expect(opened).rejects.toMatchObject({
      code: 'git_failed',
      message: `asking git for its version: git version ${version} is too old: 2.32 is needed`,
    });
  });

  it('refuses a machine without git', async () => {
    await expect(openWith('/nope')).rejects.toThrow(
      "asking git for its version: starting 'git': there is no such program",
    );
  });

  it('makes folders that only we may enter, and may be called again', async () => {
    const dataDir = join(await temporaryDir(), 'a/b');
    const open = () => openGit({ dataDir, log: silentLog(), env: process.env });
    await open();
    await open();
    for (const name of ['', 'git', 'repos', 'checkouts', 'spares']) {
      expect((await stat(join(dataDir, name))).mode & 0o777).toBe(0o700);
    }
  });

  it('works by the real path of its folder', async () => {
    const dir = await temporaryDir();
    await symlink(dir, join(dir, 'link'));
    const { dataDir } = await openGit({ dataDir: join(dir, 'link'), log: silentLog(), env: process.env });
    expect(dataDir).toBe(dir);
  });

  it('trusts the authorities that any of the usual variables names, each beside the others', async () => {
    const tls = join(import.meta.dirname, '../../test/fixtures/tls');
    const [forAll, forGit] = [join(tls, 'first.cert.pem'), join(tls, 'second.cert.pem')];
    const env = { PATH: process.env.PATH, SSL_CERT_FILE: forAll, GIT_SSL_CAINFO: forGit };
    const { environment } = await openGit({ dataDir: join(await temporaryDir(), 'data'), log: silentLog(), env });
    const trusted = await readFile(environment.GIT_SSL_CAINFO ?? '', 'utf8');
    for (const file of [forAll, forGit]) expect(trusted).toContain((await readFile(file, 'utf8')).trim());
  });

  it('leaves the authorities to git where no variable names some', async () => {
    const { environment } = await openWith(process.env.PATH ?? '');
    expect(environment).not.toHaveProperty('GIT_SSL_CAINFO');
  });
});
