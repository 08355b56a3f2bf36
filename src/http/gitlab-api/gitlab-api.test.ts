import { describe, expect, it } from 'vitest';
import { insertRepo } from '../../../test/support/applies.ts';
import { onCleanup } from '../../../test/support/cleanup.ts';
import { baseUrl, type Caller, gitlabApiWorld, now } from '../../../test/support/gitlab-api-world.ts';
import { openDatabase } from '../../db/index.ts';
import { silentLog } from '../../lib/log.ts';
import { currentUserSchema, projectDetailsSchema, versionSchema } from './entities/schemas.ts';

async function world() {
  const db = await openDatabase({ url: 'sqlite::memory:', log: silentLog() });
  onCleanup(() => db.close());
  return gitlabApiWorld(db);
}

const unauthorized = { message: '401 Unauthorized' };
const noProject = { message: '404 Project Not Found' };

describe('who may read environments', () => {
  it.each<[Caller, string, number, unknown]>([
    ['anonymous', '/environments', 401, unauthorized],
    ['anonymous', '/environments?states=bad', 401, unauthorized],
    ['stranger', '/environments', 404, noProject],
    ['stranger', '/environments?states=bad', 400, { error: 'states does not have a valid value' }],
    ['stranger', '/environments/1', 404, noProject],
    ['guest', '/environments', 403, { message: '403 Forbidden' }],
    ['guest', '/environments?search=ab', 403, { message: '403 Forbidden' }],
    ['guest', '/environments/999999', 403, { message: '403 Forbidden' }],
    ['reporter', '/environments/999999', 404, { message: '404 Not found' }],
  ])('answers %s at %s with %i', async (...[caller, rest, status, body]) => {
    const { request, path } = await world();
    const reply = await request(caller, path + rest);
    expect([reply.status, reply.json]).toEqual([status, body]);
  });

  it.each<Caller>(['reporter', 'developer', 'maintainer'])('lets a %s read', async (caller) => {
    const { request, path } = await world();
    expect((await request(caller, `${path}/environments`)).status).toBe(200);
  });

  it.each<Caller>(['guest', 'stranger'])('lets a %s read those of a public repo', async (caller) => {
    const { db, request, path } = await world();
    await db.query.updateTable('repos').set({ visibility: 'public' }).execute();
    expect((await request(caller, `${path}/environments`)).status).toBe(200);
  });

  it('lets the scope read_api read', async () => {
    const { request, path, newToken } = await world();
    const token = await newToken({ name: 'ro', role: 'reporter', scope: 'read_api' });
    expect((await request('anonymous', `${path}/environments`, { headers: { 'private-token': token } })).status).toBe(
      200,
    );
  });
});

describe('credentials', () => {
  it('takes a bearer token', async () => {
    const { request, path, token } = await world();
    const headers = { authorization: `Bearer ${token('reporter')}` };
    expect((await request('anonymous', `${path}/environments`, { headers })).status).toBe(200);
  });

  it('takes a token as a parameter that links do not repeat', async () => {
    const { request, path, token } = await world();
    const reply = await request('anonymous', `${path}/environments?private_token=${token('reporter')}&per_page=1`);
    expect(reply.status).toBe(200);
    expect(reply.headers.link).toContain('rel="next"');
    expect(reply.headers.link).not.toContain('token');
  });

  it('looks past a credential that is blank', async () => {
    const { request, path, token } = await world();
    const headers = { 'private-token': '', authorization: `Bearer ${token('reporter')}` };
    expect((await request('anonymous', `${path}/environments`, { headers })).status).toBe(200);
  });

  it.each<[string, Record<string, string>]>([
    ['an unknown token', { 'private-token': 'pldr_unknown' }],
    ['an empty token', { 'private-token': '' }],
    ['the API secret', { 'x-atlantis-token': 's3cret' }],
    ['the API secret as a token', { 'private-token': 's3cret' }],
    ['a wrong header beside a right parameter', { 'private-token': 'wrong' }],
  ])('refuses %s', async (_name, headers) => {
    const { request, path, token } = await world();
    const query = headers['private-token'] === 'wrong' ? `?private_token=${token('reporter')}` : '';
    const reply = await request('anonymous', `${path}/environments${query}`, { headers });
    expect([reply.status, reply.json]).toEqual([401, unauthorized]);
  });

  it('says that a token is expired', async () => {
    const { request, path, newToken } = await world();
    const token = await newToken({ name: 'old', now: now - 10, expiresAt: now });
    const reply = await request('anonymous', `${path}/environments`, { headers: { 'private-token': token } });
    expect([reply.status, reply.json]).toEqual([
      401,
      {
        error: 'invalid_token',
        error_description: 'Token is expired. You can either do re-authorization or token refresh.',
      },
    ]);
    expect(reply.headers['www-authenticate']).toMatch(/^Bearer realm="Polder", error="invalid_token"/);
  });

  it('says that a token is revoked', async () => {
    const { db, request, path } = await world();
    await db.query.updateTable('tokens').set({ revoked_at: now }).execute();
    const reply = await request('reporter', `${path}/environments`);
    expect([reply.status, reply.json]).toEqual([
      401,
      { error: 'invalid_token', error_description: 'Token was revoked. You have to re-authorize from the user.' },
    ]);
  });
});

describe('the project of a path', () => {
  it.each(['group%2Fsub%2Fmy%2Eproj', 'GROUP%2fSub%2fmy.proj', 'local%2Fgroup%2Fsub%2Fmy.proj'])(
    'is found as %s',
    async (reference) => {
      const { request, repo } = await world();
      const reply = await request('maintainer', `/api/v4/projects/${reference}`);
      expect(reply.json).toMatchObject({ id: repo.id });
    },
  );

  it.each(['my.proj', '-1', '999999', '99999999999999999999', 'group%2Fnothing', '%2F', 'group%252Fsub%252Fmy.proj'])(
    'is not found as %s',
    async (reference) => {
      const { request } = await world();
      const reply = await request('maintainer', `/api/v4/projects/${reference}/environments`);
      expect([reply.status, reply.json]).toEqual([404, noProject]);
    },
  );

  it('is not found with slashes as they are', async () => {
    const { request } = await world();
    const reply = await request('maintainer', '/api/v4/projects/group/sub/my.proj/environments');
    expect([reply.status, reply.json]).toEqual([404, { error: '404 Not Found' }]);
  });

  it('must be named with its host when two hosts have the name', async () => {
    const { db, request } = await world();
    const twin = await insertRepo(db, 'group/sub/my.proj', { host: 'github.com', hostType: 'Github' });
    const reply = await request('maintainer', '/api/v4/projects/group%2Fsub%2Fmy.proj/environments');
    const forms = 'local/group/sub/my.proj or github.com/group/sub/my.proj';
    expect([reply.status, reply.json]).toEqual([
      404,
      { message: `404 Project Not Found: several hosts have it, use ${forms}` },
    ]);
    const named = await request('maintainer', '/api/v4/projects/github.com%2Fgroup%2Fsub%2Fmy.proj');
    expect(named.json).toMatchObject({ id: twin.id, web_url: 'https://github.com/group/sub/my.proj' });
  });

  it('is the one the caller may see when two hosts have the name', async () => {
    const { db, request, repo, newToken } = await world();
    await insertRepo(db, 'group/sub/my.proj', { host: 'github.com', hostType: 'Github' });
    const headers = { 'private-token': await newToken({ role: 'reporter', repoId: repo.id }) };
    const reply = await request('anonymous', '/api/v4/projects/group%2Fsub%2Fmy.proj', { headers });
    expect(reply.json).toMatchObject({ id: repo.id });
  });

  it('is shown with what the caller may do there', async () => {
    const { request, path } = await world();
    const { json } = await request('developer', path);
    expect(projectDetailsSchema.parse(json)).toEqual(json);
    expect(json).toMatchObject({ visibility: 'private', permissions: { project_access: { access_level: 30 } } });
  });
});

describe('the server and the caller', () => {
  it.each(['/version', '/metadata', '/user'])('keeps %s from strangers', async (route) => {
    const { request } = await world();
    const reply = await request('anonymous', `/api/v4${route}`);
    expect([reply.status, reply.json]).toEqual([401, unauthorized]);
  });

  it('tells a version that clients can compare', async () => {
    const { request } = await world();
    const { json } = await request('guest', '/api/v4/version');
    expect(versionSchema.parse(json)).toEqual(json);
    expect(json).toMatchObject({ version: '18.0.0', enterprise: false, kas: { enabled: false } });
  });

  it('tells who the token acts as', async () => {
    const { request } = await world();
    const { json } = await request('guest', '/api/v4/user');
    expect(currentUserSchema.parse(json)).toEqual(json);
    expect(json).toMatchObject({ username: 'guest', web_url: `${baseUrl}/guest`, is_admin: false, bot: true });
  });
});

describe('routes', () => {
  it('answers HEAD like GET, without a body', async () => {
    const { request, path } = await world();
    const reply = await request('reporter', `${path}/environments`, { method: 'HEAD' });
    expect([reply.status, reply.text, reply.headers['x-total']]).toEqual([200, '', '3']);
  });

  it('refuses other verbs of a known path, whatever their body', async () => {
    const { request, path } = await world();
    const body = { method: 'PATCH', payload: '{', headers: { 'content-type': 'application/json' } } as const;
    const reply = await request('maintainer', `${path}/environments/1`, body);
    expect([reply.status, reply.json]).toEqual([405, { error: '405 Not Allowed' }]);
    expect(reply.headers.allow).toBe('OPTIONS, GET, HEAD, PUT, DELETE');
  });

  it('answers OPTIONS with what is allowed', async () => {
    const { request, path } = await world();
    const reply = await request('anonymous', `${path}/environments`, { method: 'OPTIONS' });
    expect([reply.status, reply.headers.allow]).toEqual([204, 'OPTIONS, GET, HEAD, POST']);
  });

  it.each(['/api/v4/nonsense', '/api/v4/', '/api/v4/projects/1/environments/1/x'])('does not know %s', async (url) => {
    const { request } = await world();
    const reply = await request('maintainer', url);
    expect([reply.status, reply.json]).toEqual([404, { error: '404 Not Found' }]);
  });

  it('does not know an address that is too long', async () => {
    const { request } = await world();
    const reply = await request('maintainer', `/api/v4/projects/${'a'.repeat(5000)}/environments`);
    expect([reply.status, reply.json]).toEqual([404, { error: '404 Not Found' }]);
  });

  it.each(['/api/v3', '/api/v3/projects'])('sends users of version 3 on, from %s', async (url) => {
    const { request } = await world();
    const reply = await request('anonymous', url);
    expect([reply.status, reply.json]).toEqual([410, { error: 'API V3 is no longer supported. Use API V4 instead.' }]);
  });

  it('takes a GET with a JSON content type and no body', async () => {
    const { request, path } = await world();
    const headers = { 'content-type': 'application/json' };
    expect((await request('reporter', `${path}/environments`, { headers })).status).toBe(200);
  });

  it('repeats parameters within parameters in links', async () => {
    const { request, path } = await world();
    const reply = await request('reporter', `${path}/environments?a[b]=1&c[][d]=2&c[][d]=3&e[]=4`);
    expect(reply.status).toBe(200);
    expect(reply.headers.link).toContain('?a%5Bb%5D=1&c%5B%5D%5Bd%5D=2&c%5B%5D%5Bd%5D=3&e%5B%5D=4&id=');
  });

  it('answers a fault with 500 and nothing of its cause', async () => {
    const { db, request, path } = await world();
    await db.query.schema.dropTable('environment_events').execute();
    await db.query.schema.dropTable('deployments').execute();
    const { id } = await db.query.selectFrom('environments').select('id').limit(1).executeTakeFirstOrThrow();
    const reply = await request('reporter', `${path}/environments/${id}`);
    expect([reply.status, reply.json]).toEqual([500, { message: '500 Internal Server Error' }]);
  });
});
