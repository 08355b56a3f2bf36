import { type IncomingMessage, request } from 'node:http';
import { describe, expect, it } from 'vitest';
import { listenOn, type TestApp } from '../../../test/support/http-app.ts';
import { endLog, openWithRun, writeLog } from '../../../test/support/sample-run.ts';

const secret = { 'x-atlantis-token': 's3cret' };

describe('a log as text', () => {
  it('is what is there now', async () => {
    const { app, deps, job } = await openWithRun();
    const url = `/api/jobs/${job.id}/logs`;
    const reply = await app.inject({ url, headers: secret });
    expect([reply.statusCode, reply.headers['content-type'], reply.body]).toEqual([
      200,
      'text/plain; charset=utf-8',
      '',
    ]);
    await writeLog(deps, job, ['one', 'two \u00e9 <b>', '']);
    expect((await app.inject({ url, headers: secret })).body).toBe('one\ntwo \u00e9 <b>\n\n');
    expect((await app.inject({ url: `/api/jobs/${job.uuid}/logs`, headers: secret })).body).toBe(
      'one\ntwo \u00e9 <b>\n\n',
    );
  });

  it('comes whole however long it is', async () => {
    const { app, deps, job } = await openWithRun();
    const lines = Array.from({ length: 40_000 }, (_, index) => `line ${index} of many`);
    await writeLog(deps, job, lines);
    const reply = await app.inject({ url: `/api/jobs/${job.id}/logs`, headers: secret });
    expect(reply.body === `${lines.join('\n')}\n`).toBe(true);
  });

  it("of a run leads each line with its project's name", async () => {
    const { app, deps, run } = await openWithRun();
    const [web, db] = run.jobs;
    if (!web || !db) throw new Error('two jobs');
    await writeLog(deps, db, ['planning', 'done']);
    await writeLog(deps, web, ['nothing to do']);
    const reply = await app.inject({ url: `/api/runs/${run.id}/logs`, headers: secret });
    expect(reply.body).toBe('[web] nothing to do\n[db/eu] planning\n[db/eu] done\n');
  });
});

describe('a log that is followed', () => {
  it('comes line by line until it is complete', async () => {
    const { app, deps, job } = await openWithRun();
    await writeLog(deps, job, ['one', 'two']);
    const events = await follow(app, `/api/jobs/${job.uuid}/logs?follow=true`);
    await events.until('id: 2\ndata: two\n\n');
    await writeLog(deps, job, ['three\rand four', '']);
    await events.until('id: 4\ndata: \n\n');
    await endLog(deps, job);
    const text = await events.rest();
    expect(events.type).toBe('text/event-stream');
    expect(text.replace(/^:.*\n\n/gm, '')).toBe(
      'id: 1\ndata: one\n\nid: 2\ndata: two\n\nid: 3\ndata: three\ndata: and four\n\nid: 4\ndata: \n\n' +
        'event: end\ndata: {"state":"queued"}\n\n',
    );
  });

  it.each([
    ['the line that a client saw last', { 'last-event-id': '2' }, ''],
    ['the line that is asked for', {}, '&from=2'],
    ['the line seen last, whatever is asked for', { 'last-event-id': '2' }, '&from=1'],
  ])('goes on after %s', async (_title, headers, query) => {
    const { app, deps, job } = await openWithRun();
    await writeLog(deps, job, ['one', 'two', 'three']);
    await endLog(deps, job);
    const events = await follow(app, `/api/jobs/${job.id}/logs?follow=true${query}`, headers);
    expect(await events.rest()).toMatch(/^:.*\n\nid: 3\ndata: three\n\nevent: end\n/);
  });

  it('shows that it is alive while nothing happens', async () => {
    const { app, job } = await openWithRun({ timeouts: { heartbeat: 20 } });
    const events = await follow(app, `/api/jobs/${job.id}/logs?follow=true`);
    await events.until(': still here\n\n: still here\n\n');
    events.stop();
    expect(events.type).toBe('text/event-stream');
  });

  it('ends when the server closes', async () => {
    const { app, deps, job } = await openWithRun();
    await writeLog(deps, job, ['one']);
    const events = await follow(app, `/api/jobs/${job.id}/logs?follow=true`);
    await events.until('data: one\n\n');
    const closing = app.close();
    expect(await events.rest()).not.toContain('event: end');
    await closing;
  });

  it('is let go when the client hangs up', async () => {
    const { app, deps, job } = await openWithRun();
    const events = await follow(app, `/api/jobs/${job.id}/logs?follow=true`);
    await events.until('\n\n');
    events.stop();
    await expect.poll(() => connectionsOf(app)).toBe(0);
    await writeLog(deps, job, ['nobody hears']);
  });
});

async function connectionsOf(app: TestApp['app']): Promise<number> {
  return new Promise((resolve, reject) => {
    app.server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
  });
}

async function follow(app: TestApp['app'], path: string, headers: Record<string, string> = {}) {
  const { port } = await listenOn(app);
  const reply = await new Promise<IncomingMessage>((resolve, reject) => {
    request({ port, path, headers: { ...secret, ...headers } }, resolve)
      .on('error', reject)
      .end();
  });
  reply.setEncoding('utf8').on('error', () => undefined);
  const parts = reply.iterator({ destroyOnReturn: false }) as AsyncIterator<string>;
  let text = '';
  const readMore = async (): Promise<boolean> => {
    const { done, value } = await parts.next();
    text += done ? '' : value;
    return !done;
  };
  return {
    type: reply.headers['content-type'],
    until: async (part: string) => {
      while (!text.includes(part)) if (!(await readMore())) throw new Error(`the stream ended before ${part}: ${text}`);
    },
    rest: async () => {
      while (await readMore());
      return text;
    },
    stop: () => reply.destroy(),
  };
}
