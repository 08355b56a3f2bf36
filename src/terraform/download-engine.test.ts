import { createHash } from 'node:crypto';
import { chmod, mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readKeys } from 'openpgp';
import { beforeEach, describe, expect, it } from 'vitest';
import { fakeEngine, makeKeys, type ReleaseMirror, releaseMirror, zipOf } from '../../test/fakes/release-mirror.ts';
import { temporaryDir } from '../../test/support/temp.ts';
import { silentLog } from '../lib/log.ts';
import { createEngines, type EnginesOptions } from './index.ts';
import { releaseKeys } from './signing-keys.ts';

let binDir: string;
let mirror: ReleaseMirror;
beforeEach(async () => {
  binDir = join(await temporaryDir(), 'polder', 'bin');
  mirror = await releaseMirror('terraform', ['1.4.7', '1.5.6', '1.5.7', '1.6.0-rc1']);
});

function engines(more: Partial<EnginesOptions> = {}) {
  return createEngines({
    binDir,
    pathEnv: '',
    env: { PATH: '/usr/bin:/bin' },
    defaultDistribution: 'terraform',
    defaultVersion: null,
    downloadsAllowed: true,
    downloadUrl: `${mirror.url}/`,
    tofuDownloadUrl: mirror.url,
    signingKeys: { terraform: mirror.publicKey, opentofu: mirror.publicKey },
    log: silentLog(),
    ...more,
  });
}

const wish = (version: string | null) => ({ distribution: null, version });

describe('find, downloading', () => {
  it('downloads the highest release that fits', async () => {
    const binary = join(binDir, 'terraform1.5.7');
    expect(await engines().find(wish('~> 1.5.0'))).toEqual({
      kind: 'found',
      engine: { distribution: 'terraform', binary, version: '1.5.7' },
    });
    expect((await stat(binary)).mode & 0o777).toBe(0o755);
    expect(await readdir(binDir)).toEqual(['terraform1.5.7']);
  });

  it('downloads the highest release where nothing is asked for', async () => {
    expect(await engines().find(wish(null))).toMatchObject({ engine: { version: '1.5.7' } });
  });

  it('asks for no index when the version is exact', async () => {
    await engines().find(wish('1.4.7'));
    const { archive, checksums, signature } = mirror.pathsOf('1.4.7');
    expect(mirror.requests).toEqual([checksums, signature, archive]);
  });

  it('downloads once for many callers', async () => {
    const { find } = engines();
    const found = await Promise.all(
      ['1.5.7', '1.5.7', '~> 1.5.7', '= 1.5.7', '>= 1.5.7'].map((text) => find(wish(text))),
    );
    expect(new Set(found.map((each) => each.kind))).toEqual(new Set(['found']));
    expect(mirror.requests.filter((path) => path.endsWith('.zip'))).toHaveLength(1);
    await engines().find(wish('1.5.7'));
    expect(mirror.requests.filter((path) => path.endsWith('.zip'))).toHaveLength(1);
  });

  it('does not download what is there', async () => {
    await mkdir(binDir, { recursive: true });
    await writeFile(join(binDir, 'terraform1.5.0'), fakeEngine('terraform', '1.5.0'));
    await chmod(join(binDir, 'terraform1.5.0'), 0o755);
    expect(await engines().find(wish('~> 1.5.0'))).toMatchObject({ engine: { version: '1.5.0' } });
    expect(mirror.requests).toEqual([]);
  });

  it('downloads OpenTofu', async () => {
    mirror = await releaseMirror('opentofu', ['1.8.0', '1.9.1']);
    const found = await engines().find({ distribution: 'opentofu', version: '< 1.9' });
    expect(found).toMatchObject({ engine: { binary: join(binDir, 'tofu1.8.0'), distribution: 'opentofu' } });
  });

  it.each([
    ['terraform', 'downloadUrl'],
    ['opentofu', 'tofuDownloadUrl'],
  ] as const)('shows its login to a mirror of %s, and to nobody else', async (distribution, option) => {
    mirror = await releaseMirror(distribution, ['1.8.0']);
    mirror.login = 'ada:p@ss word';
    const at = (login: string) => ({ [option]: mirror.url.replace('//', `//${login}@`) });
    const wanted = { distribution, version: '> 1' };
    expect(await engines(at('ada:p%40ss%20word')).find(wanted)).toMatchObject({ kind: 'found' });
    await rm(binDir, { recursive: true });
    const refusal = engines(at('ada:secret')).find(wanted);
    await expect(refusal).rejects.toThrow(`downloading ${mirror.url}/`);
    await expect(refusal).rejects.toThrow(/the server answers 401 Unauthorized$/);
    await expect(refusal).rejects.not.toThrow(/secret/);
  });

  it('says so when no release fits', async () => {
    expect(await engines().find(wish('> 7'))).toEqual({
      kind: 'not_found',
      message: 'no terraform > 7 was found on this machine: no terraform is on PATH, and no release fits either',
    });
  });
});

describe('find, with a mirror that lies', () => {
  const paths = () => mirror.pathsOf('1.5.7');

  /** Puts an archive there together with checksums and a signature that match it. */
  async function publish(archive: Buffer): Promise<void> {
    const name = paths().archive.split('/').at(-1);
    const checksums = Buffer.from(`${createHash('sha256').update(archive).digest('hex')}  ${name}\n`);
    mirror.files.set(paths().archive, archive);
    mirror.files.set(paths().checksums, checksums);
    mirror.files.set(paths().signature, await mirror.sign(checksums));
  }

  const lies: [string, RegExp, () => unknown][] = [
    [
      'another archive',
      /has the SHA-256 \w+, expected \w+$/,
      () => mirror.files.set(paths().archive, zipOf({ terraform: 'x' })),
    ],
    ['half an archive', /has the SHA-256/, () => mirror.files.set(paths().archive, Buffer.alloc(100))],
    [
      'other checksums',
      /the signature .*1\.5\.7_SHA256SUMS\.sig is not good/,
      () => mirror.files.set(paths().checksums, Buffer.from('x')),
    ],
    [
      "somebody else's signature",
      /is not good: Could not find signing key/,
      async () => {
        const sums = mirror.files.get(paths().checksums) ?? Buffer.alloc(0);
        mirror.files.set(paths().signature, await mirror.sign(sums, (await makeKeys()).privateKey));
      },
    ],
    ['a signature that is none', /is not good: /, () => mirror.files.set(paths().signature, Buffer.from('nonsense'))],
    ['an empty signature', /is not good: /, () => mirror.files.set(paths().signature, Buffer.alloc(0))],
    [
      'no archive',
      /downloading http:.*\.zip: the server answers 404 Not Found$/,
      () => mirror.files.delete(paths().archive),
    ],
    ['an archive without the program', /there is no 'terraform' in it/, () => publish(zipOf({ 'a/terraform': 'x' }))],
    ['an archive that is none', /unpacking terraform_1\.5\.7_\w+\.zip: /, () => publish(Buffer.from('no zip'))],
    [
      'endless checksums',
      /longer than 1048576 bytes/,
      () => mirror.files.set(paths().checksums, Buffer.alloc(2_000_000)),
    ],
    [
      'an index that is none',
      /reading the list of releases .*index\.json: /,
      () => mirror.files.set('/terraform/index.json', Buffer.from('{"versions": []}')),
    ],
  ];

  it.each(lies)('refuses %s', async (_name, reason, lie) => {
    await lie();
    const found = engines().find(wish('~> 1.5.7'));
    await expect(found).rejects.toMatchObject({ code: 'engine_download_failed' });
    await expect(found).rejects.toThrow(
      /^no terraform ~> 1\.5\.7 was found on this machine: no terraform is on PATH; /,
    );
    await expect(found).rejects.toThrow(reason);
    expect(await readdir(binDir).catch(() => [])).toEqual([]);
  });

  it('trusts nobody but the official keys unless told otherwise', async () => {
    await expect(engines({ signingKeys: {} }).find(wish('1.5.7'))).rejects.toThrow(/is not good/);
  });

  it('can be asked again after a failure', async () => {
    const { archive } = paths();
    const content = mirror.files.get(archive) ?? Buffer.alloc(0);
    mirror.files.delete(archive);
    const { find } = engines();
    await expect(find(wish('1.5.7'))).rejects.toThrow('404');
    mirror.files.set(archive, content);
    expect(await find(wish('1.5.7'))).toMatchObject({ kind: 'found' });
  });
});

describe('releaseKeys', () => {
  it.each([
    ['terraform', 'c874011f0ab405110d02105534365d9472d7468f'],
    ['opentofu', 'e3e6e43d84cb852eadb0051d0c0af313e5fd9f80'],
  ] as const)('hold the published key of %s, whole', async (distribution, fingerprint) => {
    const [key, ...others] = await readKeys({ armoredKeys: releaseKeys[distribution] });
    expect([key?.getFingerprint(), others.length]).toEqual([fingerprint, 0]);
    await key?.verifyPrimaryKey(new Date('2026-06-01'));
    await key?.getSigningKey(undefined, new Date('2026-06-01'));
  });
});
