import { describe, expect, it } from 'vitest';
import { listenOn, openTestApp, requestRaw } from '../../test/support/http-app.ts';
import { cleanPath } from './routing.ts';

const text = 'text/plain; charset=utf-8';

describe('cleanPath', () => {
  it.each([
    ['/', '/'],
    ['/a/b', '/a/b'],
    ['/a/b/', '/a/b/'],
    ['//a', '/a'],
    ['/a//b///', '/a/b/'],
    ['/./a', '/a'],
    ['/a/./b', '/a/b'],
    ['/a/../b', '/b'],
    ['/../../a', '/a'],
    ['/a/..', '/'],
    ['/a/b/..', '/a'],
    ['/a/b/.', '/a/b'],
    ['/a/b/../', '/a/'],
    ['/a..b/...', '/a..b/...'],
    ['/a%2F%2Fb', '/a%2F%2Fb'],
  ])('makes %s into %s', (path, expected) => {
    expect(cleanPath(path)).toBe(expected);
  });
});

describe('routing', () => {
  it.each([
    ['GET', '/nope'],
    ['HEAD', '/nope'],
    ['POST', '/nope'],
    ['GET', '/healthz/'],
    ['GET', '/HEALTHZ'],
    ['POST', '/api/plan/'],
    ['GET', '/index.html'],
    ['GET', '/lock'],
    ['DELETE', '/locks'],
    ['GET', '/locks'],
    ['GET', '/api/runs/'],
  ] as const)('finds nothing at %s %s', async (method, url) => {
    const { app } = await openTestApp();
    const reply = await app.inject({ method, url });
    expect([reply.statusCode, reply.headers['content-type']]).toEqual([404, text]);
    expect(reply.body).toBe(method === 'HEAD' ? '' : '404 page not found\n');
  });

  it.each([
    ['HEAD', '/healthz', 'GET'],
    ['POST', '/healthz', 'GET'],
    ['OPTIONS', '/healthz', 'GET'],
    ['GET', '/api/plan', 'POST'],
    ['PUT', '/api/apply', 'POST'],
    ['POST', '/api/locks', 'GET'],
    ['PATCH', '/api/runs/1', 'GET'],
    ['PUT', '/locks?id=x', 'DELETE'],
  ] as const)('refuses %s of %s without a word', async (method, url, allow) => {
    const { app } = await openTestApp();
    const reply = await app.inject({ method, url });
    expect([reply.statusCode, reply.headers['content-type'], reply.body]).toEqual([405, undefined, '']);
    expect(reply.headers.allow).toBe(allow);
  });

  it.each(['not json', '', '{"a":'])('says that a path is unknown whatever the body (%j)', async (payload) => {
    const { app } = await openTestApp();
    const headers = { 'content-type': 'application/json;;;' };
    expect((await app.inject({ method: 'POST', url: '/nope', payload, headers })).statusCode).toBe(404);
    expect((await app.inject({ method: 'POST', url: '/healthz', payload, headers })).statusCode).toBe(405);
  });

  it.each([
    ['//healthz', '/healthz'],
    ['/a/../healthz?x=1&y=//', '/healthz?x=1&y=//'],
    ['//example.org/', '/example.org/'],
    ['//\\example.org', '/%5Cexample.org'],
  ])('sends %s on to %s', async (path, location) => {
    const { app } = await openTestApp();
    const { port } = await listenOn(app);
    const reply = await requestRaw({ port, path });
    expect(reply).toMatchObject({ status: 301, headers: { location }, body: '' });
  });

  it.each([
    ['http://polder.test/healthz', 200],
    ['HTTPS://polder.test:8443/healthz?x=http://y', 200],
    ['http://polder.test/nope', 404],
    ['http://polder.test', 200],
    ['http://polder.test?x=1', 200],
  ])('takes the whole address %s for its path', async (path, status) => {
    const { app } = await openTestApp();
    const { port } = await listenOn(app);
    expect(await requestRaw({ port, path })).toMatchObject({ status });
  });

  it('says what is wrong with a path that cannot be decoded', async () => {
    const { app } = await openTestApp();
    const reply = await app.inject({ url: '/api/runs/%zz' });
    expect([reply.statusCode, reply.headers['content-type']]).toEqual([400, text]);
  });

  it('puts the security headers on answers and errors alike', async () => {
    const { app } = await openTestApp();
    for (const url of ['/healthz', '/nope', '/api/locks', '//x']) {
      const { headers } = await app.inject({ url });
      expect(headers['x-content-type-options'], url).toBe('nosniff');
      expect(headers['x-frame-options'], url).toBe('DENY');
      expect(headers['content-security-policy'], url).toContain("default-src 'none'");
    }
  });
});
