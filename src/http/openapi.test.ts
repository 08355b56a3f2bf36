import { Validator } from '@seriousme/openapi-schema-validator';
import Fastify from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { describe, expect, it } from 'vitest';
import { descriptionOf } from '../../test/support/api-description.ts';
import { openTestApp } from '../../test/support/http-app.ts';
import type { App } from './app.ts';
import { describeRoutes } from './openapi.ts';

const routes = [
  'POST /api/plan',
  'POST /api/apply',
  'POST /api/lock',
  'DELETE /api/lock',
  'GET /api/locks',
  'DELETE /api/locks/{key}',
  'GET /api/runs',
  'GET /api/runs/{id}',
  'POST /api/runs/{id}/cancel',
  'GET /api/runs/{id}/logs',
  'GET /api/jobs/{id}/logs',
  'GET /api/pulls',
  'POST /api/pulls',
  'GET /api/pulls/{number}',
  'GET /api/pulls/{number}/comments',
  'POST /api/pulls/{number}/comments',
  'POST /api/pulls/{number}/approve',
  'POST /api/pulls/{number}/ready',
  'POST /api/pulls/{number}/close',
  'POST /api/pulls/{number}/merge',
  'GET /api/openapi.json',
  'GET /status',
  'GET /healthz',
  'GET /readyz',
  'GET /',
  'GET /lock',
  'DELETE /locks',
  'POST /locks/release',
  'POST /apply/lock',
  'DELETE /apply/unlock',
  'POST /apply/form',
  'GET /runs/{id}',
  'GET /jobs/{uuid}',
  'GET /pulls/{number}',
  'GET /jobs/{uuid}/log',
  'GET /jobs/{uuid}/events',
  'GET /static/polder.css',
  'GET /static/polder.svg',
  'GET /static/follow-log.js',
  'GET /debug/pprof',
  'GET /debug/pprof/',
  'GET /debug/pprof/profile',
  'GET /debug/pprof/heap',
  'GET /debug/pprof/trace',
  'GET /debug/pprof/cmdline',
  'GET /debug/pprof/symbol',
];

describe('/api/openapi.json', () => {
  it('is OpenAPI 3.1', async () => {
    const { app } = await openTestApp({ settings: { enableProfilingApi: true } });
    const reply = await app.inject({ url: '/api/openapi.json' });
    expect([reply.statusCode, reply.headers['content-type']]).toEqual([200, 'application/json']);
    expect(reply.json()).toMatchObject({ openapi: '3.1.0', info: { title: 'Polder', version: '1.2.3' } });
    const validator = new Validator();
    expect(await validator.validate(reply.json())).toEqual({ valid: true });
    expect(validator.version).toBe('3.1');
  });

  it('describes every route', async () => {
    const { app } = await openTestApp({ settings: { enableProfilingApi: true } });
    const described = Object.entries(descriptionOf(app).paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(described.filter((route) => !route.includes('/api/v4/')).sort()).toEqual([...routes].sort());
  });

  it('cannot be passed by a new route', async () => {
    const app: App = Fastify().withTypeProvider<ZodTypeProvider>();
    await describeRoutes(app, { version: '1', baseUrl: 'http://polder.test', webBasicAuth: false });
    expect(() => app.get('/x', { schema: { summary: 'X' } }, async () => 'x')).toThrow(
      'describing GET /x: a route needs a summary and its responses',
    );
    await app.close();
  });

  it('says which body a plan takes', async () => {
    const { app } = await openTestApp();
    const operation = descriptionOf(app).paths['/api/plan']?.post;
    expect(operation).toMatchObject({
      requestBody: {
        content: { 'application/json': { schema: { required: ['Repository', 'Ref', 'Type'] } } },
      },
    });
  });

  it('says what every route of the API may answer besides', async () => {
    const { app } = await openTestApp();
    const { paths } = descriptionOf(app);
    const without = Object.entries(paths).flatMap(([path, operations]) =>
      Object.entries(operations).flatMap(([method, { responses = {} }]) =>
        path.startsWith('/api/') && !path.startsWith('/api/v4/') && !('5XX' in responses) ? [`${method} ${path}`] : [],
      ),
    );
    expect(without).toEqual([]);
  });

  it('says which routes are for the web user, where there is one', async () => {
    const described = async (webBasicAuth: boolean, path: string) => {
      const { app } = await openTestApp({ settings: { webBasicAuth, webPassword: 'other' } });
      const { get = {} } = descriptionOf(app).paths[path] ?? {};
      return { ...get, responses: Object.keys(get.responses ?? {}) };
    };
    expect(await described(true, '/')).toMatchObject({ security: [{ webUser: [] }], responses: ['200', '401'] });
    expect(await described(true, '/healthz')).not.toHaveProperty('security');
    expect(await described(false, '/')).not.toHaveProperty('security');
  });
});
