import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { openTestApp, type TestApp } from '../../../test/support/http-app.ts';
import { endLog, openWithRun, type SampleRun, writeLog } from '../../../test/support/sample-run.ts';
import { ensureSystemUser } from '../../access/index.ts';
import { acquireLock, listLocks, releaseLock, takeManualLock } from '../../locks/index.ts';
import { getRun, lockUrl } from '../../runs/index.ts';

const html = 'text/html; charset=utf-8';
const text = 'text/plain; charset=utf-8';
const key = 'acme/p1/web/default/web';
const linked = encodeURIComponent(encodeURIComponent(key));

const project = (repoId: number) => ({ repoId, dir: 'web', workspace: 'default', projectName: 'web' });

async function lockByHand({ deps, run }: TestApp & SampleRun, note = 'moving house'): Promise<void> {
  const actor = await ensureSystemUser(deps.db, 'atlantis-api', 1);
  await takeManualLock(deps.db, project(run.repoId), { note, actor, now: 1 });
}

/** The lock of a run whose server died in the middle of an apply. */
async function lockOfEndedRun({ deps, run }: TestApp & SampleRun): Promise<number> {
  const { actor } = run;
  const holder = { kind: 'run' as const, runId: run.id };
  const result = await deps.db.transaction((tx) => acquireLock(tx, project(run.repoId), { holder, actor, now: 1 }));
  await deps.db.query.updateTable('runs').set({ state: 'interrupted', ended_at: 1 }).where('id', '=', run.id).execute();
  return result.kind === 'held' ? result.lockId : 0;
}

/** The lock of a pull request's plan. */
async function lockOfPull({ deps, run }: TestApp & SampleRun, pullUrl: string): Promise<void> {
  const holder = { kind: 'pull' as const, pullNumber: 7, pullUrl, runId: run.id };
  await deps.db.transaction((tx) => acquireLock(tx, project(run.repoId), { holder, actor: run.actor, now: 1 }));
}

/** Gives a run more jobs, each as its first. */
async function widen({ deps, run, job }: TestApp & SampleRun, more: number): Promise<void> {
  const { db } = deps;
  const first = await db.query.selectFrom('jobs').selectAll().where('id', '=', job.id).executeTakeFirstOrThrow();
  const { id: _, ...rest } = first;
  const jobs = Array.from({ length: more }, (_, index) => ({ ...rest, uuid: randomUUID(), position: 10 + index }));
  await db.query.insertInto('jobs').values(jobs).execute();
  expect((await getRun(db, run.id))?.jobs).toHaveLength(run.jobs.length + more);
}

async function send({ app }: TestApp, method: 'GET' | 'POST' | 'DELETE', url: string, headers = {}, form?: object) {
  const payload = form && new URLSearchParams(form as Record<string, string>).toString();
  const type = form && { 'content-type': 'application/x-www-form-urlencoded' };
  const reply = await app.inject({ method, url, headers: { ...type, ...headers }, ...(payload && { payload }) });
  return {
    status: reply.statusCode,
    type: reply.headers['content-type'],
    location: reply.headers.location,
    body: reply.body,
  };
}

describe('GET /', () => {
  it('shows locks, runs and the apply lock', async () => {
    const test = await openWithRun();
    await lockByHand(test);
    const reply = await send(test, 'GET', '/');
    expect([reply.status, reply.type]).toEqual([200, html]);
    expect(reply.body).toContain(`href="./lock?id=${encodeURIComponent(encodeURIComponent(`local/${key}`))}"`);
    expect(reply.body).toContain('atlantis-api, by hand');
    expect(reply.body).toContain(`href="./jobs/${test.job.uuid}"`);
    expect(reply.body).toContain('Applying is not locked.');
  });

  it.each(['/', `/lock?id=${linked}`])('leads to the pull request that holds a lock (%s)', async (path) => {
    const test = await openWithRun();
    await lockOfPull(test, 'https://git.example.com/acme/p1/pull/7?a&b');
    const { body } = await send(test, 'GET', path);
    expect(body).toContain('<a href="https://git.example.com/acme/p1/pull/7?a&amp;b">#7</a>, ');
  });

  it('makes no link of what is no address of a page', async () => {
    const test = await openWithRun();
    await lockOfPull(test, 'javascript:alert(1)');
    const { body } = await send(test, 'GET', '/');
    expect(body).toContain('<td>#7, ');
    expect(body).not.toContain('javascript:');
  });

  it('shows the first jobs of a wide run', async () => {
    const test = await openWithRun();
    await widen(test, 60);
    const { body } = await send(test, 'GET', '/');
    expect(body.match(/href="\.\/jobs\//g)).toHaveLength(25);
    expect(body).toContain(`<a href="./runs/${test.run.id}">and 37 more</a>`);
  });

  it('says when there is nothing to show', async () => {
    const reply = await send(await openTestApp(), 'GET', '/');
    expect(reply.body).toContain('No locks are held.');
    expect(reply.body).toContain('Nothing has been run yet.');
  });

  it('answers 500 without a word about why when something breaks', async () => {
    const test = await openTestApp();
    await test.deps.db.close();
    const reply = await send(test, 'GET', '/');
    expect(reply).toMatchObject({ status: 500, type: text, body: '500 Internal Server Error' });
  });
});

describe('GET /lock', () => {
  it.each([linked, encodeURIComponent(key), key])('shows a held lock by %s', async (id) => {
    const test = await openWithRun();
    await lockByHand(test, '<script>alert(1)</script> "quoted"');
    const reply = await send(test, 'GET', `/lock?id=${id}`);
    expect([reply.status, reply.type]).toEqual([200, html]);
    expect(reply.body).toContain('&lt;script&gt;alert(1)&lt;/script&gt; &quot;quoted&quot;');
    expect(reply.body).not.toContain('<script>alert');
    expect(reply.body).toContain(`<input type="hidden" name="id" value="local/${key}">`);
  });

  it('shows the lock of a folder with blanks and signs by the link of its comment', async () => {
    const test = await openWithRun();
    const dir = 'a b+c (d)';
    const actor = await ensureSystemUser(test.deps.db, 'atlantis-api', 1);
    await takeManualLock(test.deps.db, { ...project(test.run.repoId), dir }, { note: '', actor, now: 1 });
    const link = lockUrl({ baseUrl: '' }, `acme/p1/${dir}/default/web`);
    expect(link).toBe('/lock?id=acme%252Fp1%252Fa%2Bb%252Bc%2B%2528d%2529%252Fdefault%252Fweb');
    expect((await send(test, 'GET', link)).body).toContain(`<dd>${dir}</dd>`);
  });

  it('shows what a released lock was, and names its run', async () => {
    const test = await openWithRun();
    const lockId = await lockOfEndedRun(test);
    const release = { actor: test.run.actor, reason: 'the run is done with it', now: 2 };
    await test.deps.db.transaction((tx) => releaseLock(tx, lockId, release));
    const reply = await send(test, 'GET', `/lock?id=${linked}`);
    expect(reply.status).toBe(200);
    expect(reply.body).toContain('This lock is not held any more.');
    expect(reply.body).toContain(`<a href="./jobs/${test.job.uuid}">run ${test.run.id}, `);
    expect(reply.body).not.toContain('<form');
  });

  it.each([
    ['acme%252Fp1%252Fx%252Fdefault%252F', 404, "No lock found at id 'acme/p1/x/default/'\n"],
    ['x', 500, 'Failed getting lock: invalid key format\n'],
    ['', 500, 'Failed getting lock: invalid key format\n'],
    ['a%25zz', 400, 'Invalid lock id: invalid URL escape "%zz"\n'],
    ['a%252Fb+c%252Fd%252Fe%252F', 404, "No lock found at id 'a/b c/d/e/'\n"],
  ])('answers %s with %d', async (id, status, body) => {
    expect(await send(await openTestApp(), 'GET', `/lock?id=${id}`)).toMatchObject({ status, type: text, body });
  });
});

describe('DELETE /locks', () => {
  it('releases the lock once', async () => {
    const test = await openWithRun();
    await lockByHand(test);
    const first = await send(test, 'DELETE', `/locks?id=${linked}`);
    expect(first).toMatchObject({ status: 200, type: text, body: `Deleted lock id '${encodeURIComponent(key)}'\n` });
    const second = await send(test, 'DELETE', `/locks?id=${linked}`);
    expect(second).toMatchObject({ status: 404, type: text, body: `No lock found at id '${key}'\n` });
  });

  it.each([
    ['', 400, 'No lock id in request\n'],
    ['a%25zz', 400, "Invalid lock id 'a%zz'. Failed with error: 'invalid URL escape \"%zz\"'\n"],
    ['x', 500, "deleting lock failed with: 'invalid key format'\n"],
    ['a%252Fb%2bc%252Fd%252Fe%252F', 404, "No lock found at id 'a/b+c/d/e/'\n"],
  ])('answers %s with %d', async (id, status, body) => {
    expect(await send(await openTestApp(), 'DELETE', `/locks?id=${id}`)).toMatchObject({ status, type: text, body });
  });

  it('leaves the lock of a run that is going on', async () => {
    const test = await openWithRun();
    const holder = { kind: 'run' as const, runId: test.run.id };
    const claim = { holder, actor: test.run.actor, now: 1 };
    await test.deps.db.transaction((tx) => acquireLock(tx, project(test.run.repoId), claim));
    const reply = await send(test, 'DELETE', `/locks?id=${linked}`);
    expect([reply.status, reply.body]).toEqual([409, expect.stringContaining(`run ${test.run.id} holds it`)]);
    expect(await listLocks(test.deps.db)).toHaveLength(1);
  });
});

describe('the button of the lock page', () => {
  it('releases the lock without a script', async () => {
    const test = await openWithRun();
    await lockOfEndedRun(test);
    const reply = await send(test, 'POST', '/locks/release', { origin: 'http://polder.test' }, { id: key });
    expect([reply.status, reply.location]).toEqual([303, '../']);
    expect(await listLocks(test.deps.db)).toEqual([]);
  });
});

describe('the global apply lock', () => {
  it('is held and released, each as often as one likes', async () => {
    const test = await openTestApp({ over: { now: () => new Date(2025, 1, 13, 16, 47, 42).getTime() } });
    for (let round = 0; round < 2; round += 1) {
      const body = 'Apply Lock is acquired on 2025-02-13 16:47:42\n';
      expect(await send(test, 'POST', '/apply/lock')).toMatchObject({ status: 200, type: text, body });
    }
    expect((await send(test, 'GET', '/')).body).toContain('Applying is locked for all repositories since 2025-02-13');
    for (let round = 0; round < 2; round += 1) {
      const reply = await send(test, 'DELETE', '/apply/unlock');
      expect(reply).toMatchObject({ status: 200, type: text, body: 'Deleted apply lock\n' });
    }
  });

  it('is changed by the buttons of the index page', async () => {
    const test = await openTestApp();
    const press = (action: string) => send(test, 'POST', '/apply/form', {}, { action });
    expect(await press('hold')).toMatchObject({ status: 303, location: '../' });
    expect((await send(test, 'GET', '/')).body).toContain('Release the apply lock');
    expect(await press('release')).toMatchObject({ status: 303 });
    expect((await send(test, 'GET', '/')).body).toContain('Applying is not locked.');
    expect(await press('other')).toMatchObject({ status: 400, type: text });
  });

  it('does not exist where it is switched off', async () => {
    const test = await openTestApp({ settings: { disableGlobalApplyLock: true } });
    expect((await send(test, 'POST', '/apply/lock')).status).toBe(404);
    expect((await send(test, 'DELETE', '/apply/unlock')).status).toBe(404);
    expect((await send(test, 'GET', '/')).body).not.toContain('Applying');
  });

  it('has nothing to lock where applies are not allowed', async () => {
    const test = await openTestApp({ settings: { allowCommands: ['plan'] } });
    const body = expect.stringMatching(/^creating apply lock failed with: apply is omitted from AllowCommands; /);
    expect(await send(test, 'POST', '/apply/lock')).toMatchObject({ status: 500, body });
  });
});

describe('requests that other sites make a browser send', () => {
  const foreign = [
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site', origin: 'http://polder.test' },
    { origin: 'http://evil.test' },
    { origin: 'null' },
    { origin: 'http://polder.test.evil.test' },
  ];
  const own = [
    {},
    { 'sec-fetch-site': 'same-origin', origin: 'http://polder.test' },
    { 'sec-fetch-site': 'none' },
    { origin: 'http://polder.test', host: 'inside:4141' },
    { origin: 'http://inside:4141', host: 'inside:4141' },
  ];
  const routes = [
    ['POST', '/apply/lock', undefined],
    ['DELETE', '/apply/unlock', undefined],
    ['POST', '/apply/form', { action: 'hold' }],
    ['DELETE', `/locks?id=${linked}`, undefined],
    ['POST', '/locks/release', { id: key }],
  ] as const;

  it.each(routes)('are refused at %s %s', async (method, url, form) => {
    const test = await openTestApp();
    for (const headers of foreign) {
      expect((await send(test, method, url, headers, form)).status, JSON.stringify(headers)).toBe(403);
    }
    for (const headers of own) {
      expect((await send(test, method, url, headers, form)).status, JSON.stringify(headers)).not.toBe(403);
    }
  });
});

describe('GET /runs/{id}', () => {
  it('shows all jobs of a run', async () => {
    const test = await openWithRun();
    await widen(test, 60);
    const { status, type, body } = await send(test, 'GET', `/runs/${test.run.id}`);
    expect([status, type]).toEqual([200, html]);
    expect(body.match(/href="\.\.\/jobs\//g)).toHaveLength(62);
    expect(body).toContain(`<a href="../jobs/${test.job.uuid}">web</a></td><td>queued</td>`);
  });

  it.each(['0', 'x', '999', '1e1'])('answers 404 where there is none (%s)', async (id) => {
    const reply = await send(await openWithRun(), 'GET', `/runs/${id}`);
    expect([reply.status, reply.type, reply.body]).toEqual([404, text, `No run found at id '${id}'\n`]);
  });
});

describe('GET /jobs/{uuid}', () => {
  it('shows the log so far, and a script that goes on from there', async () => {
    const test = await openWithRun();
    await writeLog(test.deps, test.job, ['one <b>', 'two']);
    const reply = await send(test, 'GET', `/jobs/${test.job.uuid}`);
    expect([reply.status, reply.type]).toEqual([200, html]);
    expect(reply.body).toContain(`data-events="./${test.job.uuid}/events?from=2">one &lt;b&gt;\ntwo\n</pre>`);
    expect(reply.body).toContain('<script src="../static/follow-log.js" defer></script>');
  });

  it('leads to the pull request that the job works for', async () => {
    const test = await openWithRun();
    const pull = JSON.stringify({ number: 7, url: 'https://git.example.com/acme/p1/pull/7' });
    await test.deps.db.query.updateTable('runs').set({ pull }).where('id', '=', test.run.id).execute();
    const { body } = await send(test, 'GET', `/jobs/${test.job.uuid}`);
    expect(body).toContain('<dt>Pull request</dt><dd><a href="https://git.example.com/acme/p1/pull/7">#7</a></dd>');
  });

  it('needs no script once the log is complete', async () => {
    const test = await openWithRun();
    await writeLog(test.deps, test.job, ['one']);
    await endLog(test.deps, test.job);
    expect((await send(test, 'GET', `/jobs/${test.job.uuid}`)).body).not.toContain('<script');
    expect((await send(test, 'GET', `/jobs/${test.job.uuid}/log`)).body).toBe('one\n');
    const events = await send(test, 'GET', `/jobs/${test.job.uuid}/events?from=0`);
    expect([events.type, events.body]).toEqual([
      'text/event-stream',
      expect.stringContaining('id: 1\ndata: one\n\nevent: end'),
    ]);
  });

  it.each(['', '/log', '/events'])('finds no job that is not there (%s)', async (below) => {
    const test = await openTestApp();
    const uuid = '3f0e9b51-5d5c-4a53-9d52-6ad2f0b8a111';
    const body = `No job found at id '${uuid}'\n`;
    expect(await send(test, 'GET', `/jobs/${uuid}${below}`)).toMatchObject({ status: 404, type: text, body });
    expect(await send(test, 'GET', `/jobs/1${below}`)).toMatchObject({ status: 404, type: text });
  });
});

describe('files of the pages', () => {
  it.each([
    ['/static/polder.css', 'text/css; charset=utf-8'],
    ['/static/polder.svg', 'image/svg+xml'],
    ['/static/follow-log.js', 'text/javascript; charset=utf-8'],
  ])('has %s', async (url, type) => {
    expect(await send(await openTestApp(), 'GET', url)).toMatchObject({ status: 200, type });
  });
});
