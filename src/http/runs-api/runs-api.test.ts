import { beforeAll, describe, expect, it } from 'vitest';
import { makeToken, openTestApp, type TestApp } from '../../../test/support/http-app.ts';
import { acceptSampleRun, makeSampleRepo, type SampleRun } from '../../../test/support/sample-run.ts';

const secret = { 'x-atlantis-token': 's3cret' };

let shared: TestApp;
let runs: SampleRun[];
beforeAll(async () => {
  shared = await openTestApp();
  await makeSampleRepo(shared);
  await makeSampleRepo(shared, 'acme/p2');
  runs = [
    await acceptSampleRun(shared),
    await acceptSampleRun(shared, 'acme/p2'),
    await acceptSampleRun(shared),
    await acceptSampleRun(shared),
  ];
});

async function get(url: string, headers: Record<string, string> = secret) {
  const reply = await shared.app.inject({ url, headers });
  return { status: reply.statusCode, body: reply.json() };
}

const idAt = (index: number) => runs[index]?.run.id ?? 0;

describe('GET /api/runs', () => {
  it.each<[string, () => number[], number | null]>([
    ['', () => [idAt(3), idAt(2), idAt(1), idAt(0)], null],
    ['repository=acme/p1', () => [idAt(3), idAt(2), idAt(0)], null],
    ['repository=local%2Facme%2Fp2', () => [idAt(1)], null],
    ['state=queued&repository=acme/p2', () => [idAt(1)], null],
    ['state=failed', () => [], null],
  ])('lists the newest first with %s', async (query, ids, next) => {
    const { status, body } = await get(`/api/runs?${query}`);
    expect([status, body.runs.map((run: { id: number }) => run.id), body.next_before]).toEqual([200, ids(), next]);
  });

  it('goes on where the page before ended', async () => {
    const first = await get('/api/runs?limit=3');
    expect([first.body.runs.length, first.body.next_before]).toEqual([3, idAt(1)]);
    const second = await get(`/api/runs?limit=3&before=${first.body.next_before}`);
    expect([second.body.runs.length, second.body.next_before]).toEqual([1, null]);
  });

  it.each([
    ['limit=0', /^query parameter "limit": /],
    ['limit=101', /^query parameter "limit": /],
    ['before=x', /^query parameter "before": /],
    ['state=nope', /^query parameter "state": /],
    ['repository=acme/none', /^repository "acme\/none" is not known here$/],
  ])('refuses %s', async (query, error) => {
    const { status, body } = await get(`/api/runs?${query}`);
    expect(status).toBe(400);
    expect(body.error).toMatch(error);
  });

  it('shows a token of one repository the runs of that one', async () => {
    const repoId = runs[1]?.run.repoId ?? 0;
    const headers = { 'private-token': await makeToken(shared.deps, { role: 'reporter', repoId }) };
    expect((await get('/api/runs', headers)).body.runs.map((run: { id: number }) => run.id)).toEqual([idAt(1)]);
    expect((await get('/api/runs?repository=acme/p1', headers)).status).toBe(400);
    expect((await get(`/api/runs/${idAt(0)}`, headers)).status).toBe(404);
    expect((await get(`/api/runs/${idAt(0)}/logs`, headers)).status).toBe(404);
    expect((await get(`/api/jobs/${runs[0]?.job.uuid}/logs`, headers)).status).toBe(404);
  });
});

describe('GET /api/runs/{id}', () => {
  it('tells of a run and its jobs', async () => {
    const { status, body } = await get(`/api/runs/${idAt(0)}`);
    const { run, job } = runs[0] as SampleRun;
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT/);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      id: run.id,
      kind: 'plan',
      state: 'queued',
      repository: { host: 'local', full_name: 'acme/p1' },
      ref: 'main',
      commit_sha: run.commitSha,
      actor: { kind: 'system', login: 'atlantis-api' },
      created_at: time,
      ended_at: null,
      url: `/api/runs/${run.id}`,
      logs_url: `/api/runs/${run.id}/logs`,
      jobs: [
        {
          id: job.id,
          uuid: job.uuid,
          project: { name: 'web', dir: 'web', workspace: 'default' },
          state: 'queued',
          outcome: null,
          page: `/jobs/${job.uuid}`,
          logs_url: `/api/jobs/${job.id}/logs`,
        },
        { project: { name: '', dir: 'db', workspace: 'eu' } },
      ],
    });
  });

  it.each([
    '/api/runs/99999',
    '/api/runs/99999/logs',
    '/api/jobs/99999/logs',
    '/api/jobs/3f0e9b51-5d5c-4a53-9d52-6ad2f0b8a111/logs',
  ])('finds nothing at %s', async (url) => {
    expect(await get(url)).toMatchObject({ status: 404, body: { error: expect.stringContaining('there is no') } });
  });

  it.each(['/api/runs/x', '/api/runs/0', '/api/runs/1.5', '/api/jobs/x/logs'])('refuses %s', async (url) => {
    expect(await get(url)).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining('path parameter "id"') },
    });
  });
});

describe('who may read runs', () => {
  const urls = () => [
    '/api/runs',
    `/api/runs/${idAt(0)}`,
    `/api/runs/${idAt(0)}/logs`,
    `/api/jobs/${runs[0]?.job.id}/logs`,
  ];

  it('is nobody without a credential', async () => {
    for (const url of urls()) expect((await get(url, {})).status, url).toBe(401);
    for (const url of urls()) expect((await get(url, { 'x-atlantis-token': 'x' })).status, url).toBe(401);
  });

  it('is nobody without a token where the API is off', async () => {
    const { app } = await openTestApp({ settings: { apiSecret: '' } });
    for (const url of urls()) expect((await app.inject({ url })).statusCode, url).toBe(401);
  });

  it('is a reporter', async () => {
    const guest = { 'private-token': await makeToken(shared.deps, { role: 'guest' }) };
    const reporter = { 'private-token': await makeToken(shared.deps, { role: 'reporter', scope: 'read_api' }) };
    for (const url of urls()) {
      expect((await shared.app.inject({ url, headers: guest })).statusCode, url).toBe(403);
      expect((await shared.app.inject({ url, headers: reporter })).statusCode, url).toBe(200);
    }
  });
});

describe('POST /api/runs/{id}/cancel', () => {
  const cancel = async (id: number, headers: Record<string, string> = secret) => {
    const reply = await shared.app.inject({ method: 'POST', url: `/api/runs/${id}/cancel`, headers });
    return { status: reply.statusCode, body: reply.json() };
  };

  it('asks the run to end, as often as one likes', async () => {
    const { run } = await acceptSampleRun(shared);
    const first = await cancel(run.id);
    expect([first.status, first.body.cancel_requested_at]).toEqual([202, expect.stringMatching(/^\d{4}-/)]);
    expect(await cancel(run.id)).toEqual(first);
  });

  it('says that a run has ended', async () => {
    const { run } = await acceptSampleRun(shared);
    await shared.deps.db.query
      .updateTable('runs')
      .set({ state: 'failed', ended_at: 1 })
      .where('id', '=', run.id)
      .execute();
    expect(await cancel(run.id)).toEqual({ status: 409, body: { error: `run ${run.id} has ended: failed` } });
  });

  it('needs the role that gave the command', async () => {
    const reporter = { 'private-token': await makeToken(shared.deps, { role: 'reporter' }) };
    const developer = { 'private-token': await makeToken(shared.deps, { role: 'developer' }) };
    expect((await cancel(idAt(0), reporter)).status).toBe(403);
    expect((await cancel(idAt(0), developer)).status).toBe(202);
    await shared.deps.db.query.updateTable('runs').set({ kind: 'apply' }).where('id', '=', idAt(1)).execute();
    expect((await cancel(idAt(1), developer)).status).toBe(403);
  });

  it('finds no run of that id', async () => {
    expect(await cancel(99_999)).toMatchObject({ status: 404 });
  });
});
