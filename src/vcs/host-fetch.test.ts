import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer, type Server as SecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { onCleanup } from '../../test/support/cleanup.ts';
import { silentLog } from '../lib/log.ts';
import { createHostFetch, type HostFetch } from './host-fetch.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

async function serve(answer: Answer): Promise<string> {
  return listen(createServer(answer));
}

async function listen(server: Server | SecureServer): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onCleanup(() => new Promise((resolve) => server.close(resolve).closeAllConnections()));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function client(origin: string): HostFetch {
  return createHostFetch({ origin, authorities: [], isRepeatable: () => false, log: silentLog(), now: Date.now });
}

/** What a host is asked, and answers with the same. */
const mirror: Answer = (request, response) => {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => {
    const { method, url, headers } = request;
    response.end(JSON.stringify({ method, url, headers, body: Buffer.concat(parts).toString() }));
  });
};

describe('createHostFetch', () => {
  it('sends what it is given, under one name each', async () => {
    const origin = await serve(mirror);
    const headers = { Authorization: 'token t', 'User-Agent': 'somebody', 'Content-Type': 'application/json' };
    const reply = await client(origin)(`${origin}/a/b?c=%20d`, { method: 'PATCH', headers, body: '{"ä":1}' });
    expect(await reply.json()).toMatchObject({
      method: 'PATCH',
      url: '/a/b?c=%20d',
      headers: { authorization: 'token t', 'user-agent': 'somebody', 'content-type': 'application/json' },
      body: '{"ä":1}',
    });
  });

  it('has more patience for what it must not repeat', async () => {
    const origin = await serve((_request, response) => void setTimeout(() => response.end('done'), 300));
    const options = { origin, timeoutMs: 100, attempts: 1, authorities: [], log: silentLog(), now: Date.now };
    const ask = createHostFetch({ ...options, isRepeatable: () => false });
    expect(await (await ask(`${origin}/comments`, { method: 'POST', body: '{}' })).text()).toBe('done');
    await expect(ask(`${origin}/comments`)).rejects.toMatchObject({ code: 'host_unavailable' });
  });

  it('trusts an authority without the one above it', async () => {
    const pem = (name: string) => readFileSync(join(import.meta.dirname, '../../test/fixtures/tls', name), 'utf8');
    const certificate = { cert: pem('issued.cert.pem'), key: pem('issued.key.pem') };
    const port = new URL(await listen(createSecureServer(certificate, mirror))).port;
    const options = { isRepeatable: () => false, attempts: 1, log: silentLog(), now: Date.now, env: {} };
    const origin = `https://localhost:${port}`;
    const ask = (...authorities: string[]) => createHostFetch({ ...options, origin, authorities })(`${origin}/a`);
    expect(await (await ask(pem('issuer.cert.pem'))).json()).toMatchObject({ url: '/a' });
    await expect(ask(pem('localhost.cert.pem'))).rejects.toMatchObject({ code: 'host_unavailable' });
  });

  describe('behind a proxy', () => {
    const through = (origin: string, env: Record<string, string>) =>
      createHostFetch({
        ...{ origin, env, attempts: 1, authorities: [], isRepeatable: () => false, log: silentLog(), now: Date.now },
      })(`${origin}/a?b=c`, { headers: { authorization: 'token t' } });

    it('asks it for the whole address over http, with its own password', async () => {
      const proxy = await serve(mirror);
      const HTTP_PROXY = proxy.replace('http://', 'http://me:p%40ss@');
      const reply = await through('http://git.example.com', { HTTP_PROXY });
      const basic = `Basic ${Buffer.from('me:p@ss').toString('base64')}`;
      expect(await reply.json()).toMatchObject({
        url: 'http://git.example.com/a?b=c',
        headers: { host: 'git.example.com', authorization: 'token t', 'proxy-authorization': basic },
      });
    });

    it('asks it for a tunnel over https, and tells it nothing else', async () => {
      const asked: string[] = [];
      const proxy = createServer();
      proxy.on('connect', ({ url, headers }: IncomingMessage, socket: Duplex) => {
        asked.push(`${url} ${headers.authorization}`);
        socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
      });
      const HTTPS_PROXY = (await listen(proxy)).replace('http://', '');
      const reply = through('https://git.example.com', { HTTPS_PROXY });
      await expect(reply).rejects.toThrow('Proxy response (407)');
      expect(asked).toEqual(['git.example.com:443 undefined']);
    });

    it('does without where NO_PROXY says so', async () => {
      const origin = await serve(mirror);
      const reply = await through(origin, { HTTP_PROXY: 'http://127.0.0.1:1', NO_PROXY: '*' });
      expect(await reply.json()).toMatchObject({ url: '/a?b=c' });
    });
  });

  it('says who asks where its caller does not: GitHub refuses who does not', async () => {
    const origin = await serve(mirror);
    const reply = await client(origin)(`${origin}/`);
    expect(await reply.json()).toMatchObject({ headers: { 'user-agent': 'polder' } });
  });

  it.each([
    ['gzip', gzipSync],
    ['GZIP', gzipSync],
    ['x-gzip', gzipSync],
    ['deflate', deflateSync],
    ['Deflate', deflateRawSync],
    ['br', brotliCompressSync],
    ['identity', Buffer.from],
  ])('unpacks replies: %s', async (encoding, pack) => {
    const origin = await serve((request, response) => {
      expect(request.headers['accept-encoding']).toBe('gzip');
      response.writeHead(200, { 'content-encoding': encoding, link: '<next>' }).end(pack('{"long":true}'));
    });
    const reply = await client(origin)(`${origin}/`);
    expect(reply.headers.get('link')).toBe('<next>');
    expect(await reply.json()).toEqual({ long: true });
  });

  it.each([
    ['as it comes', {}, (bytes: Buffer) => bytes],
    ['once unpacked', { 'content-encoding': 'gzip' }, gzipSync],
  ])('refuses a reply of more than 50 MiB %s', async (_how, headers, pack) => {
    const bytes = pack(Buffer.alloc(50 * 1024 * 1024 + 1));
    const origin = await serve((_request, response) => response.writeHead(200, headers).end(bytes));
    await expect(client(origin)(`${origin}/`)).rejects.toMatchObject({
      code: 'host_refused',
      message: 'reading a reply: it is larger than 50 MiB',
    });
  });

  it('refuses a reply that is packed in a way it did not ask for', async () => {
    const origin = await serve((_request, response) =>
      response.writeHead(200, { 'content-encoding': 'zstd' }).end('x'),
    );
    await expect(client(origin)(`${origin}/`)).rejects.toMatchObject({
      code: 'host_refused',
      message: 'reading a reply: it is packed as zstd, which was not asked for',
    });
  });

  it.each([
    ['in plain UTF-8', '/môved?a=%20b'],
    ['encoded', '/m%C3%B4ved?a=%20b'],
  ])('follows to an address that is written %s', async (_how, location) => {
    const origin = await serve((request, response) => {
      if (request.url !== '/') return mirror(request, response);
      response.writeHead(301, { location: Buffer.from(location).toString('latin1') }).end();
    });
    const reply = await client(origin)(`${origin}/`);
    expect(await reply.json()).toMatchObject({ url: '/m%C3%B4ved?a=%20b' });
  });

  it('follows to another place of the same host', async () => {
    const origin = await serve((request, response) =>
      request.url === '/moved' ? mirror(request, response) : response.writeHead(301, { location: '/moved' }).end(),
    );
    const reply = await client(origin)(`${origin}/`, { headers: { authorization: 't' } });
    expect(await reply.json()).toMatchObject({ url: '/moved', headers: { authorization: 't' } });
  });

  it.each([301, 302, 303, 307, 308])('asks another host for nothing, and tells it nothing: %s', async (status) => {
    const told: (string | undefined)[] = [];
    const other = await serve((request, response) => {
      told.push(request.url);
      response.end('{}');
    });
    const origin = await serve((_request, response) => response.writeHead(status, { location: `${other}/x` }).end());
    const request = { method: 'POST', headers: { Authorization: 't' }, body: 'a plan' };
    await expect(client(origin)(`${origin}/`, request)).rejects.toMatchObject({
      code: 'host_refused',
      message: `asking ${origin}: it sent us on to ${other}`,
    });
    expect(told).toEqual([]);
  });
});
