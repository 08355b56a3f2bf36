import { describe, expect, it } from 'vitest';
import { openTestApp } from '../../test/support/http-app.ts';

const settings = { webBasicAuth: true, webUsername: 'ada', webPassword: 'pass:word', enableProfilingApi: true };
const basic = (credentials: string) => ({ authorization: `Basic ${Buffer.from(credentials).toString('base64')}` });

describe('--web-basic-auth', () => {
  it.each([
    '/',
    '/nope',
    '/lock?id=x',
    '/jobs/x',
    '/static/polder.css',
    '/debug/pprof/',
    '//healthz',
    '/healthz/',
    '/apis',
  ])('covers %s', async (url) => {
    const { app } = await openTestApp({ settings });
    const reply = await app.inject({ url });
    expect([reply.statusCode, reply.body]).toEqual([401, 'Unauthorized\n']);
    expect(reply.headers['www-authenticate']).toBe('Basic realm="restricted", charset="UTF-8"');
    expect((await app.inject({ url, headers: basic('ada:pass:word') })).statusCode).not.toBe(401);
  });

  it.each(['/healthz', '/readyz', '/status', '/api/locks', '/api/openapi.json', '/events'])(
    'leaves %s open',
    async (url) => {
      const { app } = await openTestApp({ settings });
      expect((await app.inject({ url })).statusCode).not.toBe(401);
    },
  );

  it('lets nobody pass by a path that is cleaned up afterwards', async () => {
    const { app } = await openTestApp({ settings });
    for (const url of ['/api/%2e%2e/', '/api/..%2f', '/%61pi/../']) {
      expect((await app.inject({ url })).statusCode, url).not.toBe(200);
    }
  });

  it.each([
    ['another password', basic('ada:other')],
    ['another name', basic('eve:pass:word')],
    ['no password', basic('ada')],
    ['a name in other letters', basic('Ada:pass:word')],
    ['what is no base64', { authorization: 'Basic ???' }],
    ['a bearer token', { authorization: 'Bearer ada:pass:word' }],
  ])('refuses %s', async (_title, headers) => {
    const { app } = await openTestApp({ settings });
    expect((await app.inject({ url: '/', headers })).statusCode).toBe(401);
  });
});
