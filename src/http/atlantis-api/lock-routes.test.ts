import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { makeRepo } from '../../../test/support/git.ts';
import { makeToken, openTestApp, type TestApp } from '../../../test/support/http-app.ts';
import { ensureHostUser, ensureSystemUser } from '../../access/index.ts';
import { acquireLock } from '../../locks/index.ts';
import { findRepo, findReposByName } from '../../repos/index.ts';

const secret = { 'x-atlantis-token': 's3cret' };
const lock = { repo_full_name: 'acme/p1', path: 'p0000', workspace: 'default', note: 'moving house' };

async function openWithRepos(options: Parameters<typeof openTestApp>[0] = {}): Promise<TestApp> {
  const test = await openTestApp(options);
  await makeRepo(join(test.reposDir, 'acme/p1'), { 'p0000/main.tf': 'terraform {}\n' });
  await makeRepo(join(test.reposDir, 'acme/plain'), { 'main.tf': 'terraform {}\n' });
  await makeRepo(join(test.reposDir, 'other/p1'), { 'main.tf': 'terraform {}\n' });
  return test;
}

type Options = { headers?: Record<string, string> };

async function take({ app }: TestApp, payload: object | string, { headers = secret }: Options = {}) {
  const reply = await app.inject({ method: 'POST', url: '/api/lock', headers, payload });
  return { status: reply.statusCode, body: reply.json() };
}

async function remove({ app }: TestApp, url: string, { headers = secret }: Options = {}) {
  const reply = await app.inject({ method: 'DELETE', url, headers });
  return { status: reply.statusCode, body: reply.json() };
}

async function list({ app }: TestApp, headers: Record<string, string> = {}) {
  const reply = await app.inject({ url: '/api/locks', headers });
  return { status: reply.statusCode, body: reply.json() };
}

describe('POST /api/lock', () => {
  it('locks a project once', async () => {
    const test = await openWithRepos();
    const key = 'acme/p1/p0000/default/';
    expect(await take(test, lock)).toEqual({
      status: 200,
      body: { lock_key: key, message: `Manual lock created for ${key}` },
    });
    expect(await take(test, lock)).toEqual({
      status: 409,
      body: { error: `project is already locked (key: ${key})`, lock_key: key },
    });
  });

  it.each([
    [{ path: undefined }, 'acme/p1/./default/'],
    [{ path: '/' }, 'acme/p1/./default/'],
    [{ path: './p0000/' }, 'acme/p1/p0000/default/'],
    [{ path: 'a//b/.', project_name: 'web' }, 'acme/p1/a/b/default/web'],
    [{ REPO_FULL_NAME: 'local/acme/p1', workspace: 'eu' }, 'acme/p1/p0000/eu/'],
  ])('takes %j for %s', async (change, key) => {
    const test = await openWithRepos();
    expect(await take(test, { ...lock, ...change })).toMatchObject({ status: 200, body: { lock_key: key } });
  });

  describe('refuses', () => {
    let shared: TestApp;
    beforeAll(async () => {
      shared = await openWithRepos();
    });
    const required = 'repo_full_name, workspace, and note are required';

    it.each<[string, object | string, number, string]>([
      ['no body', '', 400, 'failed to parse JSON: unexpected end of JSON input'],
      [
        'other types',
        { ...lock, note: 1 },
        400,
        'failed to parse JSON: json: cannot unmarshal number into Go struct field LockRequest.note of type string',
      ],
      ['no repository', { ...lock, repo_full_name: '' }, 400, required],
      ['no workspace', { ...lock, workspace: undefined }, 400, required],
      ['no note', { ...lock, note: null }, 400, required],
      ['a path that leaves the repository', { ...lock, path: 'a/../../b' }, 400, "path cannot contain '..'"],
      [
        'control characters in the path',
        { ...lock, path: 'a\nb' },
        400,
        "path cannot contain '\\' or control characters",
      ],
      ['a workspace that cannot be', { ...lock, workspace: 'a/b' }, 400, "workspace cannot contain '/' or '\\'"],
      [
        'control characters in the project',
        { ...lock, project_name: 'a\tb' },
        400,
        'project_name cannot contain control characters',
      ],
      ['control characters in the note', { ...lock, note: 'a\x1b[2Jb' }, 400, 'note cannot contain control characters'],
      ['a long note', { ...lock, note: 'x'.repeat(4001) }, 400, 'note has 4001 characters, more than 4000'],
      [
        'a repository that is not there',
        { ...lock, repo_full_name: 'acme/none' },
        400,
        'repository "acme/none" not found',
      ],
      ['a repository that is not allowed', { ...lock, repo_full_name: 'other/p1' }, 403, 'repo not allowlisted'],
    ])('%s', async (_title, payload, status, error) => {
      expect(await take(shared, payload)).toEqual({ status, body: { error } });
    });

    it('a wrong secret', async () => {
      const error = 'header X-Atlantis-Token did not match expected secret';
      expect(await take(shared, 'not json', { headers: {} })).toEqual({ status: 401, body: { error } });
    });

    it('a developer', async () => {
      const headers = { 'private-token': await makeToken(shared.deps, { role: 'developer' }) };
      const error = "the token's role (developer) does not allow taking and releasing locks";
      expect(await take(shared, lock, { headers })).toEqual({ status: 403, body: { error } });
    });
  });

  it('says why a lock could not be stored', async () => {
    const test = await openWithRepos();
    const { db } = test.deps;
    await db.query.schema.alterTable('locks').renameTo('elsewhere').execute();
    expect(await take(test, lock)).toEqual({
      status: 500,
      body: { error: 'creating manual lock failed: no such table: locks' },
    });
    expect(await list(test)).toEqual({ status: 500, body: { error: 'no such table: locks' } });
  });

  it('answers 400 while the API is off', async () => {
    const test = await openWithRepos({ settings: { apiSecret: '' } });
    const error = 'ignoring request since API is disabled';
    expect(await take(test, lock)).toEqual({ status: 400, body: { error } });
  });

  it('answers 409 where projects are not locked', async () => {
    const test = await openWithRepos({ settings: { disableRepoLocking: true } });
    const error = 'projects are not locked on this server: --disable-repo-locking is set';
    expect(await take(test, lock)).toEqual({ status: 409, body: { error } });
  });
});

describe('GET /api/locks', () => {
  it('is an empty list while nothing is locked', async () => {
    const { app } = await openTestApp();
    expect((await app.inject({ url: '/api/locks' })).body).toBe('{"Locks":[]}\n');
  });

  it('tells of manual locks and of those of pull requests', async () => {
    const test = await openWithRepos({ over: { now: () => Date.UTC(2025, 1, 13, 16, 47, 42, 40) } });
    await take(test, lock);
    await lockForPull(test);
    const time = expect.stringMatching(/^2025-02-1[34]T\d\d:\d\d:42\.04(Z|[+-]\d\d:\d\d)$/);
    const common = { ProjectRepo: 'acme/p1', Workspace: 'default', Time: time };
    expect(await list(test)).toEqual({
      status: 200,
      body: {
        Locks: [
          {
            Name: 'acme/p1/p0000/default/',
            ProjectName: '',
            ProjectRepoPath: 'p0000',
            PullID: '0',
            PullURL: '',
            User: 'atlantis-api',
            IsManualLock: true,
            Note: 'moving house',
            ...common,
          },
          {
            Name: 'acme/p1/./default/web',
            ProjectName: 'web',
            ProjectRepoPath: '.',
            PullID: '1',
            PullURL: 'https://host/acme/p1/pull/1',
            User: 'dev',
            ...common,
          },
        ],
      },
    });
  });

  it('follows every change', async () => {
    const test = await openWithRepos();
    const names = async () => (await list(test)).body.Locks.map((held: { Name: string }) => held.Name);
    const [first, second] = ['acme/p1/p0000/default/', 'acme/p1/p0000/eu/'];
    await take(test, lock);
    expect(await names()).toEqual([first]);
    expect(await names()).toEqual([first]);
    await take(test, { ...lock, workspace: 'eu' });
    expect(await names()).toEqual([first, second]);
    await remove(test, `/api/lock?id=${first}`);
    expect(await names()).toEqual([second]);
    await take(test, lock);
    await remove(test, `/api/lock?id=${second}`);
    expect(await names()).toEqual([first]);
    await remove(test, `/api/lock?id=${first}`);
    expect(await names()).toEqual([]);
  });

  it('asks for a token where the operator wants one', async () => {
    const test = await openWithRepos({ settings: { locksRequireToken: true } });
    await take(test, lock);
    const token = await makeToken(test.deps, { role: 'reporter' });
    expect(await list(test)).toMatchObject({ status: 401 });
    expect((await list(test, { 'private-token': token })).body.Locks).toHaveLength(1);
    const other = await strangersToken(test);
    expect((await list(test, { 'private-token': other })).body.Locks).toEqual([]);
  });
});

describe('removing a lock over the API', () => {
  const key = 'acme/p1/p0000/default/';

  it.each([
    `/api/lock?id=${encodeURIComponent(key)}`,
    `/api/lock?id=${encodeURIComponent(encodeURIComponent(key))}`,
    `/api/lock?id=${key}`,
    `/api/locks/${encodeURIComponent(key)}`,
  ])('works by %s', async (url) => {
    const test = await openWithRepos();
    await take(test, lock);
    expect(await remove(test, url)).toEqual({ status: 200, body: { lock_key: key, message: `Lock ${key} deleted` } });
    expect(await remove(test, url)).toEqual({
      status: 404,
      body: { error: `no lock is held with key ${JSON.stringify(key)}` },
    });
    expect(await take(test, lock)).toMatchObject({ status: 200 });
  });

  it('says what a key looks like', async () => {
    const reply = await remove(await openTestApp(), '/api/lock?id=x');
    expect(reply).toMatchObject({ status: 400, body: { error: expect.stringContaining('"x" is not a lock key') } });
  });

  it('is for those who may lock', async () => {
    const test = await openWithRepos();
    await take(test, lock);
    const url = `/api/lock?id=${key}`;
    const developer = await makeToken(test.deps, { role: 'developer' });
    expect(await remove(test, url, { headers: {} })).toMatchObject({ status: 401 });
    expect(await remove(test, url, { headers: { 'private-token': developer } })).toMatchObject({ status: 403 });
    const stranger = await strangersToken(test);
    expect(await remove(test, url, { headers: { 'private-token': stranger } })).toMatchObject({ status: 404 });
  });

  it('leaves the lock of a run that is going on', async () => {
    const test = await openWithRepos();
    const runId = await lockForRun(test);
    const reply = await remove(test, `/api/lock?id=${key}`);
    expect(reply).toMatchObject({ status: 409, body: { error: expect.stringContaining(`run ${runId} holds it`) } });
  });
});

/** A token that is good for another repository alone. */
async function strangersToken({ deps }: TestApp): Promise<string> {
  const found = await findRepo(deps, { hostType: 'Local', fullName: 'acme/plain' });
  if (found.kind !== 'found') throw new Error(found.message);
  return makeToken(deps, { role: 'owner', repoId: found.repo.id });
}

async function lockForPull({ deps }: TestApp): Promise<void> {
  const [repo] = await findReposByName(deps.db, 'acme/p1');
  const actor = await ensureHostUser(deps.db, { host: 'host', login: 'dev' }, deps.now());
  const project = { repoId: repo?.id ?? 0, dir: '.', workspace: 'default', projectName: 'web' };
  const holder = { kind: 'pull' as const, pullNumber: 1, pullUrl: 'https://host/acme/p1/pull/1', runId: 1 };
  await deps.db.transaction((tx) => acquireLock(tx, project, { holder, actor, now: deps.now() }));
}

/** A run that nobody executes, with the lock that it would hold. */
async function lockForRun(test: TestApp): Promise<number> {
  const { deps } = test;
  const payload = { Repository: 'acme/p1', Ref: 'main', Type: 'Local', Paths: [{ Directory: 'p0000' }] };
  const reply = await test.app.inject({ method: 'POST', url: '/api/plan?async=true', headers: secret, payload });
  const { id } = reply.json().run;
  const [repo] = await findReposByName(deps.db, 'acme/p1');
  const actor = await ensureSystemUser(deps.db, 'atlantis-api', deps.now());
  const project = { repoId: repo?.id ?? 0, dir: 'p0000', workspace: 'default', projectName: '' };
  await deps.db.transaction((tx) =>
    acquireLock(tx, project, { holder: { kind: 'run', runId: id }, actor, now: deps.now() }),
  );
  return id;
}
