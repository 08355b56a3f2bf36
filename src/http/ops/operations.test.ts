import { describe, expect, it } from 'vitest';
import { openTestApp } from '../../../test/support/http-app.ts';

describe('/status', () => {
  it('counts the runs that are going on', async () => {
    const { app } = await openTestApp();
    const reply = await app.inject({ url: '/status' });
    expect([reply.statusCode, reply.headers['content-type']]).toEqual([200, 'application/json']);
    expect(reply.body).toBe('{\n  "shutting_down": false,\n  "in_progress_operations": 0,\n  "version": "1.2.3"\n}');
  });

  it('tells that the server is shutting down', async () => {
    const { app } = await openTestApp({ over: { draining: () => true } });
    expect((await app.inject({ url: '/status' })).json()).toMatchObject({ shutting_down: true });
  });
});

describe('/healthz', () => {
  it('answers whatever the state of the server', async () => {
    const { app, deps } = await openTestApp({ over: { draining: () => true } });
    await deps.db.close();
    const reply = await app.inject({ url: '/healthz' });
    expect([reply.statusCode, reply.headers['content-type']]).toEqual([200, 'application/json']);
    expect(reply.body).toBe('{\n  "status": "ok"\n}');
  });
});

describe('/readyz', () => {
  it('is ready while the database answers', async () => {
    const { app } = await openTestApp();
    const reply = await app.inject({ url: '/readyz' });
    expect([reply.statusCode, reply.headers['content-type']]).toEqual([200, 'application/json']);
    expect(reply.body).toBe('{\n  "status": "ok"\n}');
  });

  it('is not ready while the server shuts down', async () => {
    const { app } = await openTestApp({ over: { draining: () => true } });
    const reply = await app.inject({ url: '/readyz' });
    expect(reply.statusCode).toBe(503);
    expect(reply.body).toBe('{"status":"error","error":"the server is shutting down"}');
  });

  it('is not ready without its database, and says why', async () => {
    const { app, deps } = await openTestApp();
    await deps.db.close();
    const reply = await app.inject({ url: '/readyz' });
    expect([reply.statusCode, reply.json()]).toEqual([503, { status: 'error', error: expect.stringMatching(/./) }]);
  });
});
