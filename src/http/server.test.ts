import { copyFile, utimes, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { connect as connectTls } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { onCleanup } from '../../test/support/cleanup.ts';
import { listenOn, openTestApp } from '../../test/support/http-app.ts';
import { temporaryDir } from '../../test/support/temp.ts';

const quick = { headers: 150, request: 300, idle: 400, check: 20 };

describe('slow and broken clients', () => {
  it('gives up on headers that do not end', async () => {
    const { app } = await openTestApp({ timeouts: quick });
    const { port } = await listenOn(app);
    const socket = open(port);
    socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\n');
    expect(await text(socket)).toMatch(/^HTTP\/1.1 408 Request Timeout\r\n/);
  });

  it('gives up on a body that does not end', async () => {
    const { app } = await openTestApp({ timeouts: quick });
    const { port } = await listenOn(app);
    const socket = open(port);
    socket.write('POST /api/plan HTTP/1.1\r\nHost: x\r\nX-Atlantis-Token: s3cret\r\nContent-Length: 10\r\n\r\n{');
    expect(await text(socket)).toMatch(/^HTTP\/1.1 408 Request Timeout\r\n/);
  });

  it('closes a connection on which nothing comes', async () => {
    const { app } = await openTestApp({ timeouts: quick });
    const { port } = await listenOn(app);
    expect(await text(open(port))).toMatch(/^$|^HTTP\/1.1 408/);
  });

  it('refuses headers that are too large', async () => {
    const { app } = await openTestApp();
    const { port } = await listenOn(app);
    const socket = open(port);
    socket.write(`GET /healthz HTTP/1.1\r\nHost: x\r\nX-Much: ${'x'.repeat(20_000)}\r\n\r\n`);
    expect(await text(socket)).toMatch(/^HTTP\/1.1 431 Request Header Fields Too Large\r\n/);
  });

  it('refuses what is not HTTP', async () => {
    const { app } = await openTestApp();
    const { port } = await listenOn(app);
    const socket = open(port);
    socket.write('hello\r\n\r\n');
    expect(await text(socket)).toMatch(/^HTTP\/1.1 400 Bad Request\r\n/);
  });

  it('refuses a body of more than 1 MiB', async () => {
    const { app } = await openTestApp();
    const headers = { 'x-atlantis-token': 's3cret' };
    const reply = await app.inject({ method: 'POST', url: '/api/plan', headers, payload: 'x'.repeat(1024 * 1024 + 1) });
    expect([reply.statusCode, reply.json()]).toEqual([413, { error: 'the request body is too large' }]);
  });
});

describe('TLS', () => {
  it('serves the certificate and takes a new one without a restart', async () => {
    const dir = await temporaryDir();
    const files = await placeCertificate(dir, 'first', 10);
    const { app } = await openTestApp({ settings: files });
    const { port } = await listenOn(app);
    expect(await nameOfCertificate(port)).toBe('first.test');
    await placeCertificate(dir, 'second', 20);
    expect(await nameOfCertificate(port)).toBe('second.test');
  });

  it('keeps the certificate while the files do not belong together', async () => {
    const dir = await temporaryDir();
    const files = await placeCertificate(dir, 'first', 10);
    const { app } = await openTestApp({ settings: files });
    const { port } = await listenOn(app);
    await writeFile(files.sslKeyFile, 'half a ke');
    await utimes(files.sslKeyFile, 20, 20);
    expect(await nameOfCertificate(port)).toBe('first.test');
    await placeCertificate(dir, 'second', 30);
    expect(await nameOfCertificate(port)).toBe('second.test');
  });

  it('speaks nothing older than TLS 1.2', async () => {
    const files = await placeCertificate(await temporaryDir(), 'first', 10);
    const { app } = await openTestApp({ settings: files });
    const { port } = await listenOn(app);
    const options = { port, rejectUnauthorized: false, minVersion: 'TLSv1' as const, maxVersion: 'TLSv1.1' as const };
    const outcome = new Promise((resolve, reject) => {
      const socket = connectTls({ ...options, ciphers: 'DEFAULT@SECLEVEL=0' }, () => reject(new Error('it connected')));
      socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code));
    });
    expect(await outcome).toBe('ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION');
  });

  it('does not start without a usable pair', async () => {
    const settings = { sslCertFile: '/nowhere/cert.pem', sslKeyFile: '/nowhere/key.pem' };
    await expect(openTestApp({ settings })).rejects.toThrow(
      'reading --ssl-cert-file /nowhere/cert.pem and --ssl-key-file /nowhere/key.pem: ENOENT',
    );
  });
});

function open(port: number): Socket {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  onCleanup(() => socket.destroy());
  return socket;
}

type Pair = { sslCertFile: string; sslKeyFile: string };

const fixtures = join(import.meta.dirname, '..', '..', 'test', 'fixtures', 'tls');

/** Puts the certificate of that name into the folder, with a time of change of its own. */
async function placeCertificate(dir: string, name: 'first' | 'second', time: number): Promise<Pair> {
  const files = { sslCertFile: join(dir, 'cert.pem'), sslKeyFile: join(dir, 'key.pem') };
  await copyFile(join(fixtures, `${name}.cert.pem`), files.sslCertFile);
  await copyFile(join(fixtures, `${name}.key.pem`), files.sslKeyFile);
  await utimes(files.sslCertFile, time, time);
  return files;
}

async function nameOfCertificate(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = request({ port, path: '/healthz', agent: false, rejectUnauthorized: false }, (reply) => {
      const { CN } = (reply.socket as import('node:tls').TLSSocket).getPeerCertificate().subject;
      reply.resume().on('end', () => resolve(String(CN)));
    });
    sent.on('error', reject).end();
  });
}
