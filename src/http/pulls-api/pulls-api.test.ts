import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { InjectOptions } from 'fastify';
import { beforeEach, describe, expect, it } from 'vitest';
import { commitFiles, git, makeBranch, makeRepo } from '../../../test/support/git.ts';
import { makeToken, openTestApp, type TestApp } from '../../../test/support/http-app.ts';
import { beginCommandOn } from '../../../test/support/pull-commands.ts';
import type { Role, Scope } from '../../access/index.ts';
import { findReposByName } from '../../repos/index.ts';

const secret = { 'x-atlantis-token': 's3cret' };
type Headers = Record<string, string>;

let world: TestApp;
beforeEach(async () => {
  world = await openTestApp();
  await makeLocalRepo('acme/infra');
});

async function makeLocalRepo(fullName: string): Promise<string> {
  const dir = join(world.reposDir, fullName);
  await makeRepo(dir, { 'main.tf': '' });
  await makeBranch(dir, 'change');
  return commitFiles(dir, { 'a.tf': '' }, 'Add a');
}

async function ask(method: 'GET' | 'POST', url: string, given: { body?: unknown; headers?: Headers } = {}) {
  const { body, headers = secret } = given;
  const payload = typeof body === 'string' ? body : JSON.stringify(body);
  const options: InjectOptions = { method, url: `/api/pulls${url}`, headers };
  const reply = await world.app.inject(body === undefined ? options : { ...options, payload });
  return { status: reply.statusCode, body: reply.json() };
}

const post = (url: string, body?: unknown, headers?: Headers) =>
  ask('POST', url, { body, ...(headers && { headers }) });
const get = (url: string, headers?: Headers) => ask('GET', url, { ...(headers && { headers }) });
const opening = { repo: 'acme/infra', head: 'change' };
const kinds = () => world.delivered.map(({ kind }) => kind);

async function tokenOf(role: Role, rest: { scope?: Scope; repoId?: number } = {}): Promise<Headers> {
  return { 'private-token': await makeToken(world.deps, { role, ...rest }) };
}

describe('POST /api/pulls', () => {
  it('opens a pull request', async () => {
    const opened = await post('', { ...opening, title: ' A change ', draft: true, labels: ['infra'] });
    expect(opened).toMatchObject({
      status: 201,
      body: {
        number: 1,
        repository: { host: 'local', full_name: 'acme/infra' },
        url: 'http://polder.test/pulls/1?repo=acme/infra',
        title: 'A change',
        author: 'atlantis-api',
        state: 'open',
        draft: true,
        labels: ['infra'],
        head: { branch: 'change' },
        base: { branch: 'main' },
        approved_by: [],
        commands: [],
        merge_problem: 'PR is a draft',
        statuses: [],
        closed_at: null,
      },
    });
    expect(world.delivered).toMatchObject([{ kind: 'pull_opened', sender: 'atlantis-api' }]);
  });

  it.each<[unknown, number, string | RegExp]>([
    ['{', 400, /^parsing the body: /],
    ['[]', 400, /expected object/],
    [{ head: 'change' }, 400, /^field "repo": /],
    [{ ...opening, head: '' }, 400, /^field "head": /],
    [{ ...opening, title: 'a\nb' }, 400, 'field "title": may not contain control characters'],
    [{ ...opening, labels: [1] }, 400, /^field "labels.0": /],
    [{ ...opening, tittle: 'x' }, 400, /tittle/],
    [{ ...opening, head: 'nope' }, 400, 'the repository has no branch "nope"'],
    [{ ...opening, head: 'main' }, 400, 'main cannot be merged into itself'],
    [{ ...opening, repo: 'acme/nope' }, 400, 'local has no repository "acme/nope"'],
  ])('refuses %j', async (body, status, error) => {
    const answer = await post('', body);
    expect(answer.status).toBe(status);
    expect(answer.body.error).toMatch(error);
    expect(world.delivered).toEqual([]);
  });

  it('refuses a second one between the same branches', async () => {
    await post('', opening);
    expect(await post('', opening)).toEqual({
      status: 409,
      body: { error: 'pull request 1 from change to main is open already' },
    });
  });

  it('refuses repositories that are not allowed', async () => {
    await makeLocalRepo('other/infra');
    expect(await post('', { ...opening, repo: 'other/infra' })).toMatchObject({ status: 403 });
  });
});

describe('GET /api/pulls', () => {
  it('lists the open ones, newest first, page by page', async () => {
    await makeLocalRepo('acme/two');
    await post('', opening);
    await post('/1/close');
    await post('', opening);
    await post('', { ...opening, repo: 'acme/two' });
    const first = await get('?limit=1');
    expect(first.body.pulls).toMatchObject([{ number: 1, repository: { full_name: 'acme/two' } }]);
    const second = await get(`?before=${first.body.next_before}`);
    expect(second.body).toMatchObject({ pulls: [{ number: 2, state: 'open' }], next_before: null });
    const ofRepo = await get('?repo=local/acme/infra&state=all');
    expect(ofRepo.body.pulls.map(({ state }: { state: string }) => state)).toEqual(['open', 'closed']);
    expect(await get('?repo=acme/nope')).toMatchObject({ status: 400 });
  });

  it('hides those of other repositories from a token', async () => {
    await makeLocalRepo('acme/two');
    await post('', opening);
    await post('', { ...opening, repo: 'acme/two' });
    const [repo] = await findReposByName(world.deps.db, 'acme/two');
    const headers = await tokenOf('developer', { repoId: repo?.id ?? 0 });
    const listed = await get('', headers);
    expect(listed.body.pulls).toMatchObject([{ repository: { full_name: 'acme/two' } }]);
    expect(await get('/1', headers)).toMatchObject({ status: 200, body: { repository: { full_name: 'acme/two' } } });
    expect(await get('/1?repo=acme/infra', headers)).toEqual({
      status: 404,
      body: { error: 'there is no pull request 1 of "acme/infra"' },
    });
  });
});

describe('/api/pulls/{number}', () => {
  it('needs the repository where several have the number', async () => {
    await makeLocalRepo('acme/two');
    await post('', opening);
    expect((await get('/1')).status).toBe(200);
    await post('', { ...opening, repo: 'acme/two' });
    expect(await get('/1')).toEqual({
      status: 400,
      body: { error: 'pull request 1 could be of any of acme/infra, acme/two: say which by "repo"' },
    });
    expect((await get('/1?repo=acme/two')).body.repository.full_name).toBe('acme/two');
    expect((await post('/1/close', { repo: 'acme/two' })).body.repository.full_name).toBe('acme/two');
  });

  it('refuses a repository in the body that is not the one of the query', async () => {
    await makeLocalRepo('acme/two');
    await post('', opening);
    await post('', { ...opening, repo: 'acme/two' });
    const error = '"repo" is "acme/two" in the query, and "acme/infra" in the body';
    for (const [act, body] of [['comments', { body: 'atlantis apply' }] as const, ['merge', {}] as const]) {
      expect(await post(`/1/${act}?repo=acme/two`, { ...body, repo: 'acme/infra' })).toEqual({
        status: 400,
        body: { error },
      });
    }
    expect((await post('/1/close?repo=acme/two', { repo: 'acme/two' })).status).toBe(200);
  });

  it('says once that a number is too large', async () => {
    const { status, body } = await get('/99999999999999999999');
    expect([status, body.error.match(/Too big/g)]).toEqual([400, ['Too big']]);
  });

  it.each(['/7', '/7/comments'])('has no %s', async (url) => {
    expect(await get(url)).toEqual({ status: 404, body: { error: 'there is no pull request 7' } });
  });

  it('takes comments, and lists them', async () => {
    await post('', opening);
    const first = await post('/1/comments', { body: 'Looks good <b>' });
    expect(first).toMatchObject({
      status: 201,
      body: { author: 'atlantis-api', body: 'Looks good <b>', hidden: false },
    });
    await post('/1/comments', { body: 'atlantis plan' });
    expect(kinds()).toEqual(['pull_opened', 'comment', 'comment']);
    const page = await get('/1/comments?limit=1');
    expect(page.body).toMatchObject({ comments: [{ id: first.body.id }], next_after: first.body.id });
    const rest = await get(`/1/comments?after=${first.body.id}`);
    expect(rest.body).toMatchObject({ comments: [{ body: 'atlantis plan' }], next_after: null });
  });

  it.each([[{ body: ' \n' }], [{ body: 'x'.repeat(65_537) }], [{ body: 'a\0' }], [{}]])(
    'refuses the comment %#',
    async (body) => {
      await post('', opening);
      expect(await post('/1/comments', body)).toMatchObject({ status: 400 });
      expect(kinds()).toEqual(['pull_opened']);
    },
  );

  it('is approved until more is pushed', async () => {
    await post('', opening);
    const { body } = await get('/1');
    expect((await post('/1/approve', { sha: body.head.sha })).body.approved_by).toEqual(['atlantis-api']);
    expect((await post('/1/approve', { take_back: true })).body.approved_by).toEqual([]);
    expect((await post('/1/approve')).body.approved_by).toEqual(['atlantis-api']);
    await commitFiles(join(world.reposDir, 'acme/infra'), { 'b.tf': '' });
    expect((await get('/1')).body.approved_by).toEqual([]);
    expect(await post('/1/approve', { sha: body.head.sha })).toMatchObject({ status: 409 });
  });

  it('is merged in the repository', async () => {
    await post('', { ...opening, draft: true });
    expect(await post('/1/merge')).toEqual({
      status: 409,
      body: { error: 'merging pull request: it is a draft' },
    });
    await post('/1/ready');
    const merged = await post('/1/merge', { method: 'squash', title: 'All of it' });
    expect(merged).toMatchObject({ status: 200, body: { state: 'merged', closed_by: 'atlantis-api' } });
    const dir = join(world.reposDir, 'acme/infra');
    expect(await git(dir, 'log', '--format=%H %s', '-1', 'main')).toBe(`${merged.body.merge_sha} All of it`);
    expect(kinds()).toEqual(['pull_opened', 'pull_opened', 'pull_closed']);
    expect(await post('/1/close')).toEqual({ status: 409, body: { error: 'pull request 1 is merged' } });
  });

  it('is closed once', async () => {
    await post('', opening);
    expect([(await post('/1/close')).body.state, (await post('/1/close')).status]).toEqual(['closed', 200]);
    expect(kinds()).toEqual(['pull_opened', 'pull_closed']);
  });

  it('is closed, but not approved, when its repository is gone', async () => {
    await post('', opening);
    await rename(join(world.reposDir, 'acme/infra'), join(world.reposDir, 'away'));
    const gone = { status: 400, body: { error: 'local has no repository "acme/infra"' } };
    expect(await post('/1/approve')).toEqual(gone);
    expect(await post('/1/close', {}, await tokenOf('guest'))).toMatchObject({ status: 403 });
    expect(await post('/1/close')).toMatchObject({ status: 200, body: { state: 'closed' } });
  });
});

describe('who may use /api/pulls', () => {
  it.each<[Role, number[]]>([
    ['guest', [403, 403, 403, 403, 403, 403, 403, 403]],
    ['reporter', [200, 200, 403, 403, 403, 403, 403, 403]],
    ['developer', [200, 200, 201, 201, 403, 403, 403, 403]],
    ['maintainer', [200, 200, 201, 201, 201, 201, 200, 200]],
  ])('%s', async (role, expected) => {
    await post('', opening);
    await git(join(world.reposDir, 'acme/infra'), 'switch', '--quiet', '--detach');
    const headers = await tokenOf(role);
    const answers = [
      await get('', headers),
      await get('/1', headers),
      await post('/1/comments', { body: 'atlantis plan' }, headers),
      await post('/1/comments', { body: 'why?' }, headers),
      await post('/1/comments', { body: '@Polder APPLY -d .' }, headers),
      await post('/1/comments', { body: '`atlantis unlock`' }, headers),
      await post('/1/approve', {}, headers),
      await post('/1/merge', {}, headers),
    ];
    expect(answers.map(({ status }) => status)).toEqual(expected);
  });

  it('refuses an apply of a project whose name cannot be a regular expression', async () => {
    await post('', opening);
    const headers = await tokenOf('developer');
    const answer = await post('/1/comments', { body: `atlantis apply -p ${'a'.repeat(501)}` }, headers);
    expect(answer.status).toBe(403);
  });

  it('refuses to cancel an apply where applying is refused', async () => {
    await post('', opening);
    const headers = await tokenOf('developer');
    const cancel = () => post('/1/comments', { body: 'atlantis cancel' }, headers);
    const plan = await beginCommandOn(world.deps.db, 'acme/infra');
    expect((await cancel()).status).toBe(201);
    await plan.end();
    await beginCommandOn(world.deps.db, 'acme/infra', 'apply');
    expect(await cancel()).toEqual({
      status: 403,
      body: { error: "the token's role (developer) does not allow applying" },
    });
  });

  it('refuses to write with a token that only reads', async () => {
    await post('', opening);
    const headers = await tokenOf('admin', { scope: 'read_api' });
    expect(await post('/1/comments', { body: 'atlantis plan' }, headers)).toEqual({
      status: 403,
      body: { error: 'the token may only read: its scope is read_api' },
    });
  });

  it('refuses strangers', async () => {
    expect(await get('', {})).toMatchObject({ status: 401 });
  });

  it('says so when there are no local repositories', async () => {
    const without = await openTestApp({ over: { localPulls: undefined } });
    const reply = await without.app.inject({ url: '/api/pulls', headers: secret });
    expect([reply.statusCode, reply.json()]).toEqual([
      400,
      { error: 'this server has no local repositories: --local-repos-dir is not set' },
    ]);
  });
});
