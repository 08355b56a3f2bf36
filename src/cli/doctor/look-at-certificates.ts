import { X509Certificate } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import type { Options } from '../../config/index.ts';
import { errorText } from '../../lib/errors.ts';
import { type Finding, ok, problem } from '../../vcs/index.ts';
import type { Doctor } from './doctor.ts';

/** The certificate that the server shows, where it has one. */
export async function lookAtCertificate({ sslCertFile, sslKeyFile }: Options): Promise<Finding[]> {
  if (sslCertFile === '' || sslKeyFile === '') return [];
  const about = 'certificate';
  try {
    const [cert, key] = await Promise.all([readFile(sslCertFile), readFile(sslKeyFile)]);
    createSecureContext({ cert, key });
    const { validTo } = new X509Certificate(cert);
    return [ok(about, `${sslCertFile} is valid until ${validTo}`)];
  } catch (error) {
    const remedy = 'correct --ssl-cert-file and --ssl-key-file, and let the account of the server read them';
    return [problem(about, errorText(error), remedy)];
  }
}

const fileVariables = ['SSL_CERT_FILE', 'NODE_EXTRA_CA_CERTS', 'GIT_SSL_CAINFO'] as const;

/** The authorities of one's own: the server passes over what cannot be read. */
export async function lookAtAuthorities(env: Doctor['env']): Promise<Finding[]> {
  const files = fileVariables.map((name) => ({ name, place: env[name] ?? '', look: lookAtFile }));
  const folders = (env.SSL_CERT_DIR ?? '').split(':').map((place) => ({ name: 'SSL_CERT_DIR', place, look: readdir }));
  const findings: Finding[] = [];
  for (const { name, place, look } of [...files, ...folders]) {
    if (place === '') continue;
    try {
      await look(place);
    } catch (error) {
      findings.push(
        problem('authorities', `${name} names ${place}: ${errorText(error)}`, 'correct it, or take it away'),
      );
    }
  }
  return findings;
}

async function lookAtFile(file: string): Promise<void> {
  const text = await readFile(file, 'utf8');
  if (!text.includes('-----BEGIN CERTIFICATE-----')) throw new Error('no certificate in PEM is in it');
}
