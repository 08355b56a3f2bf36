import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { temporaryDir } from '../../test/support/temp.ts';
import { silentLog } from './log.ts';
import { trustedAuthorities } from './trusted-authorities.ts';

const localhost = join(import.meta.dirname, '../../test/fixtures/tls/localhost.cert.pem');
const junk = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';

async function world() {
  const dir = await temporaryDir();
  const own = (await readFile(localhost, 'utf8')).trim();
  // Told by its line ends from the one that Node brings along.
  const ofSystem = `${(rootCertificates[0] ?? '').trim()}\n`;
  const system = join(dir, 'system.pem');
  await writeFile(system, ofSystem.replaceAll('\n', '\r\n'));
  const inFolder = join(dir, 'certs');
  await mkdir(inFolder);
  await writeFile(join(inFolder, 'own.pem'), `${junk}${own}\n`);
  await writeFile(join(inFolder, 'README'), 'not a certificate');
  const trusted = async (env: Record<string, string>) => {
    const all = await trustedAuthorities(env, silentLog(), [join(dir, 'nope.pem'), system]);
    return { own: all.includes(own), system: all.some((one) => one.includes('\r\n')), junk: all.includes(junk.trim()) };
  };
  return { own: localhost, inFolder, trusted };
}

describe('trustedAuthorities', () => {
  it('trusts those of the system beside those of SSL_CERT_FILE or SSL_CERT_DIR, and instead of both none of them', async () => {
    const { own, inFolder, trusted } = await world();
    const both = { own: true, system: true, junk: false };
    expect(await trusted({})).toEqual({ ...both, own: false });
    expect(await trusted({ SSL_CERT_FILE: own })).toEqual(both);
    expect(await trusted({ SSL_CERT_DIR: `/nope:${inFolder}` })).toEqual(both);
    expect(await trusted({ SSL_CERT_FILE: own, SSL_CERT_DIR: inFolder })).toEqual({ ...both, system: false });
  });

  it('leaves out what is no certificate, which git would refuse with all the others', async () => {
    const { own, inFolder, trusted } = await world();
    expect(await trusted({ SSL_CERT_DIR: inFolder })).toMatchObject({ own: true, junk: false });
    expect(await trusted({ GIT_SSL_CAINFO: join(inFolder, 'own.pem') })).toMatchObject({ own: true, junk: false });
    expect(await trusted({ SSL_CERT_FILE: own })).toMatchObject({ junk: false });
  });

  it('goes on without a file that cannot be read', async () => {
    const { trusted } = await world();
    expect(await trusted({ SSL_CERT_FILE: '/nope.pem' })).toEqual({ own: false, system: true, junk: false });
  });
});
