import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { makeRepo } from '../../../test/support/git.ts';
import { listenOn, makeToken, openTestApp, type TestApp } from '../../../test/support/http-app.ts';
import { waitFor } from '../../../test/support/wait-for.ts';
import { ensureSystemUser } from '../../access/index.ts';
import { holdApplyLock, releaseApplyLock } from '../../locks/index.ts';
import { findReposByName } from '../../repos/index.ts';

const config = 'version: 3\nprojects:\n- name: p0000\n  dir: p0000\n';
const request = { Repository: 'acme/p1', Ref: 'main', Type: 'Local', Projects: ['p0000'] };
const atPath = (path: object, Repository = 'acme/p1') => ({ ...request, Repository, Projects: [], Paths: [path] });

let shared: TestApp;
beforeAll(async () => {
  shared = await openTestApp();
  await makeSamples(shared.reposDir);
});

async function makeSamples(reposDir: string): Promise<void> {
  const files = { 'p0000/main.tf': 'terraform {}\n' };
  await makeRepo(join(reposDir, 'acme/p1'), { 'atlantis.yaml': config, ...files });
  await makeRepo(join(reposDir, 'acme/plain'), files);
  await makeRepo(join(reposDir, 'other/p1'), files);
}

type Options = { url?: string; headers?: Record<string, string>; app?: TestApp['app'] };

async function post(payload: object | string | undefined, options: Options = {}) {
  const { url = '/api/plan', headers = { 'x-atlantis-token': 's3cret' }, app = shared.app } = options;
  const reply = await app.inject({ method: 'POST', url, headers, ...(payload === undefined ? {} : { payload }) });
  return { status: reply.statusCode, headers: reply.headers, body: reply.json<{ error: string }>() };
}

describe('a body that cannot become a run', () => {
  it.each<[string, object | string | undefined, string]>([
    ['no body', undefined, 'failed to parse request: unexpected end of JSON input'],
    ['half an object', '{', 'failed to parse request: unexpected end of JSON input'],
    [
      'an array',
      [],
      'failed to parse request: json: cannot unmarshal array into Go value of type controllers.APIRequest',
    ],
    [
      'a number as text',
      { ...request, PR: '1' },
      'failed to parse request: json: cannot unmarshal string into Go struct field APIRequest.PR of type int',
    ],
    ['an empty object', {}, 'request "{}" is missing fields'],
    [
      'an empty ref',
      '{"Repository":"a/b","Type":"Local","Ref":""}',
      'request "{\\"Repository\\":\\"a/b\\",\\"Type\\":\\"Local\\",\\"Ref\\":\\"\\"}" is missing fields',
    ],
    ['a workspace with a slash', atPath({ Workspace: 'a/b' }), `invalid workspace "a/b": cannot contain '/' or '\\'`],
    ['an unknown type', { ...request, Type: 'Nope' }, '"Nope" is not a valid type'],
    ['a type in lower case', { ...request, Type: 'local' }, '"local" is not a valid type'],
  ])('%s is told what is wrong', async (_title, payload, error) => {
    expect(await post(payload)).toMatchObject({ status: 400, body: { error } });
  });

  it('shows no more of a large body than tells it apart', async () => {
    const { status, body } = await post(JSON.stringify({ Ref: 'x'.repeat(100_000) }));
    expect([status, body.error.length < 2200, body.error.endsWith('..." is missing fields')]).toEqual([
      400,
      true,
      false,
    ]);
    expect(body.error).toMatch(/^request "\{\\"Ref\\":\\"x+"\.\.\. is missing fields$/);
  });

  it.each<[string, object, RegExp]>([
    ['a host that is not set up', { ...request, Type: 'Gitlab' }, /not configured .*"Gitlab"/],
    ['a repository that is not there', { ...request, Repository: 'acme/none' }, /acme\/none/],
    [
      'a repository without an owner',
      { ...request, Repository: 'p1' },
      /^failed to parse request: invalid repo format "p1"/,
    ],
    ['a repository outside', { ...request, Repository: 'acme/../../etc' }, /cannot contain '\.\.'/],
    ['a ref that is not there', { ...request, Ref: 'nope' }, /nope/],
    ['a ref that looks like an option', { ...request, Ref: '--upload-pack=id' }, /unsafe refs are not allowed/],
    [
      'a project that is not there',
      { ...request, Projects: ['zz'] },
      /no project with name 'zz' is defined in 'atlantis.yaml'/,
    ],
    ['an empty selection', { ...request, Projects: [] }, /Projects.*Paths/],
    ['an empty path', atPath({}), /./],
    ['a folder that is not there', atPath({ Directory: 'nope' }), /nope/],
    ['a folder outside', atPath({ Directory: '../..' }, 'acme/plain'), /\.\./],
    ['an absolute folder', atPath({ Directory: '/etc' }, 'acme/plain'), /etc/],
    [
      'a workspace that the folder is not configured for',
      atPath({ Directory: 'p0000', Workspace: 'other' }),
      /running commands in workspace "other" is not allowed because this directory is only configured for the following workspaces: default/,
    ],
    ['a pull request that is not there', { ...request, PR: 7 }, /^pull request 7 not found$/],
  ])('%s is refused before anything runs', async (_title, payload, error) => {
    const reply = await post(payload);
    expect(reply.body.error).toMatch(error);
    expect(reply.status).toBe(400);
    expect(await shared.deps.db.query.selectFrom('runs').select('id').execute()).toEqual([]);
  });

  it('may not name a repository that is not allowed', async () => {
    const reply = await post({ ...request, Repository: 'other/p1' });
    expect(reply).toMatchObject({ status: 403, body: { error: 'repo not allowlisted' } });
  });
});

describe('who may plan and apply', () => {
  const mismatch = { error: 'header X-Atlantis-Token did not match expected secret' };
  const off = { error: 'ignoring request since API is disabled' };

  it.each([
    ['nothing', {}, 's3cret', 401, mismatch],
    ['another secret', { 'x-atlantis-token': 's3cre' }, 's3cret', 401, mismatch],
    ['nothing, when there is no secret', {}, '', 503, off],
    ['an empty secret, when there is none', { 'x-atlantis-token': '' }, '', 503, off],
    ['a token that is none', { 'private-token': 'pldr_x' }, 's3cret', 401, { error: 'the token is unknown' }],
    ['a bearer token that is none', { authorization: 'Bearer pldr_x' }, '', 401, { error: 'the token is unknown' }],
  ] as const)('refuses %s before it reads the body', async (_title, headers, apiSecret, status, body) => {
    const { app } = await openTestApp({ settings: { apiSecret } });
    expect(await post('not json', { app, headers })).toMatchObject({ status, body });
  });

  it.each([
    ['guest', 'plan', 403],
    ['reporter', 'plan', 403],
    ['developer', 'plan', 202],
    ['developer', 'apply', 403],
    ['maintainer', 'apply', 202],
    ['admin', 'apply', 202],
  ] as const)('answers a %s who wants to %s with %d', async (role, kind, status) => {
    const token = await makeToken(shared.deps, { role });
    const { app, deps, reposDir } = await openTestApp();
    await makeSamples(reposDir);
    const own = await makeToken(deps, { role });
    const url = `/api/${kind}?async=true`;
    expect(await post(request, { app, url, headers: { 'private-token': own } })).toMatchObject({ status });
    expect(await post(request, { app, url, headers: { authorization: `Bearer ${own}` } })).toMatchObject({ status });
    expect(await post(request, { app, url, headers: { 'private-token': token } })).toMatchObject({ status: 401 });
  });

  it('refuses a token that only reads', async () => {
    const headers = { 'private-token': await makeToken(shared.deps, { role: 'owner', scope: 'read_api' }) };
    const error = 'the token may only read: its scope is read_api';
    expect(await post(request, { headers })).toMatchObject({ status: 403, body: { error } });
  });

  it('refuses a token of another repository', async () => {
    const { app, deps, reposDir } = await openTestApp();
    await makeSamples(reposDir);
    const url = '/api/plan?async=true';
    await post({ ...request, Repository: 'acme/plain', Projects: [], Paths: [{ Directory: 'p0000' }] }, { app, url });
    const [plain] = await findReposByName(deps.db, 'acme/plain');
    const headers = { 'private-token': await makeToken(deps, { role: 'owner', repoId: plain?.id ?? 0 }) };
    expect(await post(request, { app, url, headers })).toMatchObject({
      status: 403,
      body: { error: 'the token is for another repository' },
    });
  });
});

describe('what holds for the whole server', () => {
  it('refuses new runs while it shuts down', async () => {
    const { app } = await openTestApp({ over: { draining: () => true } });
    const reply = await post(request, { app });
    expect(reply.status).toBe(503);
    expect(reply.headers['retry-after']).toBe('30');
  });

  it('tells those who wait for a run that it goes on when the server closes', async () => {
    const { app, deps, reposDir } = await openTestApp();
    await makeSamples(reposDir);
    const { url } = await listenOn(app);
    const headers = { 'x-atlantis-token': 's3cret' };
    const waiting = fetch(`${url}/api/plan`, { method: 'POST', headers, body: JSON.stringify(request) });
    const [run] = await waitFor('the run', async () => {
      const runs = await deps.db.query.selectFrom('runs').select('id').execute();
      return runs.length > 0 && runs;
    });
    await app.close();
    const reply = await waiting;
    const error = `the server is closing; run ${run?.id} goes on, see /api/runs/${run?.id}`;
    expect([reply.status, await reply.json()]).toEqual([503, { error }]);
    expect(reply.headers.get('x-polder-run-id')).toBe(String(run?.id));
  });

  it('refuses commands that are not allowed', async () => {
    const { app } = await openTestApp({ settings: { allowCommands: ['plan'] } });
    const error = 'the command apply is not among those of --allow-commands';
    expect(await post(request, { app, url: '/api/apply' })).toMatchObject({ status: 403, body: { error } });
  });

  it('refuses applies while the global apply lock is held', async () => {
    const { app, deps, reposDir } = await openTestApp();
    await makeSamples(reposDir);
    const actor = await ensureSystemUser(deps.db, 'polder', 1);
    await holdApplyLock(deps.db, actor, 1);
    const held = await post(request, { app, url: '/api/apply?async=true' });
    expect([held.status, held.body.error]).toEqual([409, expect.stringContaining('Applying is locked')]);
    expect(await post(request, { app, url: '/api/plan?async=true' })).toMatchObject({ status: 202 });
    await releaseApplyLock(deps.db, actor, 2);
    expect(await post(request, { app, url: '/api/apply?async=true' })).toMatchObject({ status: 202 });
  });
});
