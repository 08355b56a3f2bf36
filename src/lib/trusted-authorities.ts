import { X509Certificate } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import type { Log } from './log.ts';

/** Where systems keep their authorities, the first that exists counts: https://go.dev/src/crypto/x509/root_linux.go */
const systemFiles = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/pki/tls/cacert.pem',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

type Environment = Readonly<Record<string, string | undefined>>;

const pemBlock = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/**
 * The certificates of the authorities that hosts may be signed by, in PEM: Node's own, the system's, and those of
 * `SSL_CERT_FILE`, `SSL_CERT_DIR` (folders, with colons between), `NODE_EXTRA_CA_CERTS` and `GIT_SSL_CAINFO`. As for
 * Go's programs the system's count unless both of the first two are set, since its file is in a folder, too. A host has one
 * certificate for its API and for git, so that each of them holds for both. What cannot be read is left out, with a warning;
 * so is what is no certificate, which git would refuse together with all others.
 */
export async function trustedAuthorities(env: Environment, log: Log, system = systemFiles): Promise<string[]> {
  const [ofSystem, inFile, extra, ofGit, inFolders] = await Promise.all([
    readSystem(system),
    env.SSL_CERT_FILE ? readNamed(env.SSL_CERT_FILE, log) : [],
    env.NODE_EXTRA_CA_CERTS ? readNamed(env.NODE_EXTRA_CA_CERTS, log) : [],
    env.GIT_SSL_CAINFO ? readNamed(env.GIT_SSL_CAINFO, log) : [],
    Promise.all(
      (env.SSL_CERT_DIR ?? '')
        .split(':')
        .filter(Boolean)
        .map((dir) => readFolder(dir, log)),
    ),
  ]);
  const isSystemLeftOut = Boolean(env.SSL_CERT_FILE && env.SSL_CERT_DIR);
  const wellKnown = new Set([...rootCertificates, ...ofSystem]);
  // Parsing takes 25 times as long as reading, and most of them stand in several of these places.
  const named = new Set([...inFile, ...extra, ...ofGit, ...inFolders.flat()]);
  const sound = [...named].filter((pem) => wellKnown.has(pem) || isCertificate(pem));
  return [...new Set([...rootCertificates, ...(isSystemLeftOut ? [] : ofSystem), ...sound])];
}

async function readSystem(files: readonly string[]): Promise<string[]> {
  for (const file of files) {
    const found = await readBlocks(file).catch(() => undefined);
    if (found) return found;
  }
  return [];
}

async function readNamed(file: string, log: Log): Promise<string[]> {
  try {
    return await readBlocks(file);
  } catch (error) {
    log.warn({ err: error, file }, 'certificates of authorities could not be read');
    return [];
  }
}

async function readFolder(dir: string, log: Log): Promise<string[]> {
  const names = await readdir(dir).catch((error: unknown) => {
    log.warn({ err: error, dir }, 'certificates of authorities could not be read');
    return [];
  });
  // Folders may hold anything: what is no readable file of certificates is passed over, as OpenSSL does.
  return (await Promise.all(names.map((name) => readBlocks(join(dir, name)).catch(() => [])))).flat();
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}

async function readBlocks(file: string): Promise<string[]> {
  return (await readFile(file, 'utf8')).match(pemBlock) ?? [];
}
