import { readFileSync, statSync } from 'node:fs';
import type { Server } from 'node:http';
import { createSecureContext, type Server as TlsServer } from 'node:tls';
import { errorText, PolderError } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';

type Files = { readonly certFile: string; readonly keyFile: string; readonly log: Log };

/**
 * Gives the server its certificate, and a new one as soon as either file has changed: they are looked at before each
 * handshake. A pair that cannot be used is left until the files change again, and the one before stays. Throws
 * `option_invalid` when there is no usable pair to begin with.
 */
export function reloadingCertificate(files: Files, server: Server): void {
  const tlsServer = server as Server & Pick<TlsServer, 'setSecureContext'>;
  let seen = changeTimes(files);
  try {
    tlsServer.setSecureContext(usablePair(files));
  } catch (error) {
    throw new PolderError(
      'option_invalid',
      `reading --ssl-cert-file ${files.certFile} and --ssl-key-file ${files.keyFile}: ${errorText(error)}`,
      { cause: error },
    );
  }
  // Before the server's own listener, which starts the handshake.
  server.prependListener('connection', () => {
    const changed = changeTimes(files);
    if (changed === seen) return;
    seen = changed;
    try {
      tlsServer.setSecureContext(usablePair(files));
    } catch (error) {
      files.log.warn({ err: error, certFile: files.certFile }, 'keeping the certificate loaded before');
    }
  });
}

/** The pair, checked to belong together. */
function usablePair(files: Files) {
  const pair = {
    cert: readFileSync(files.certFile),
    key: readFileSync(files.keyFile),
    minVersion: 'TLSv1.2' as const,
  };
  createSecureContext(pair);
  return pair;
}

function changeTimes(files: Files): string {
  return [files.certFile, files.keyFile].map((path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs).join(' ');
}
