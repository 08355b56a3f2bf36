import { expect, it } from 'vitest';
import { insertRepo } from '../../../test/support/applies.ts';
import { describeDatabases } from '../../../test/support/database.ts';
import { gitlabApiWorld, now, type World } from '../../../test/support/gitlab-api-world.ts';
import { authenticate, endJobToken, ensureHostUser, mintJobToken } from '../../access/index.ts';

const unauthorized = { message: '401 Unauthorized' };

/** The token of a job that works for somebody, and the end of the job. */
async function jobOf({ db, repo, token }: World, caller: 'developer' | 'reporter') {
  const shown = await authenticate(db, token(caller), now);
  if (shown.kind !== 'known') throw new Error(shown.kind);
  const { actor } = shown.principal;
  const secret = await db.transaction((tx) => mintJobToken(tx, { jobId: 1, repoId: repo.id, actor, now }));
  return { secret, actor, end: () => db.transaction((tx) => endJobToken(tx, 1)) };
}

describeDatabases('the token of a job', (open) => {
  it('is taken in a header, as a bearer token and as a parameter', async () => {
    const world = await gitlabApiWorld(await open());
    const { secret } = await jobOf(world, 'developer');
    const url = `${world.path}/environments`;
    const replies = [
      await world.request('anonymous', url, { headers: { 'job-token': secret } }),
      await world.request('anonymous', url, { headers: { authorization: `Bearer ${secret}` } }),
      await world.request('anonymous', `${url}?job_token=${secret}`),
      await world.request('anonymous', `${url}?token=${secret}`),
    ];
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    for (const { headers } of replies) expect(headers.link).not.toContain(secret);
  });

  it('opens nothing once the job has ended', async () => {
    const world = await gitlabApiWorld(await open());
    const { secret, end } = await jobOf(world, 'developer');
    await end();
    const reply = await world.request('anonymous', `${world.path}/environments`, { headers: { 'job-token': secret } });
    expect([reply.status, reply.json]).toEqual([401, unauthorized]);
  });

  it('acts as whoever started the job, with the rights of that user', async () => {
    const world = await gitlabApiWorld(await open());
    const { secret, actor } = await jobOf(world, 'developer');
    const url = `${world.path}/environments?name=made`;
    const headers = { 'job-token': secret };
    expect((await world.request('anonymous', url, { method: 'POST', headers })).status).toBe(201);
    const events = await world.db.query
      .selectFrom('environment_events')
      .select(['actor_id', 'kind'])
      .orderBy('id', 'desc')
      .executeTakeFirst();
    expect(events).toEqual({ actor_id: actor.id, kind: 'created' });
    const { secret: weak } = await jobOf(world, 'reporter');
    const refused = await world.request('anonymous', url, { method: 'POST', headers: { 'job-token': weak } });
    expect([refused.status, refused.json]).toEqual([403, { message: '403 Forbidden' }]);
  });

  it('is for its own repo, and for what concerns environments and deployments alone', async () => {
    const world = await gitlabApiWorld(await open());
    const { secret } = await jobOf(world, 'developer');
    const open_ = await insertRepo(world.db, 'group/open', { visibility: 'public' });
    const closed = await insertRepo(world.db, 'group/closed');
    const headers = { 'job-token': secret };
    const at = (id: number, method: 'GET' | 'POST' = 'GET') =>
      world.request('anonymous', `/api/v4/projects/${id}/environments?name=x`, { method, headers });
    expect((await at(open_.id)).status).toBe(200);
    const foreign = await at(open_.id, 'POST');
    expect([foreign.status, foreign.json]).toEqual([
      403,
      {
        message: '403 Forbidden - Authentication by CI/CD job token not allowed from group/sub/my.proj to group/open.',
      },
    ]);
    expect((await at(closed.id)).json).toEqual({ message: '404 Project Not Found' });
    for (const path of ['/api/v4/user', '/api/v4/version', world.path]) {
      const reply = await world.request('anonymous', path, { headers });
      expect([reply.status, reply.json]).toEqual([401, unauthorized]);
    }
  });

  it('is looked at last, and does not make up for another that is no good', async () => {
    const world = await gitlabApiWorld(await open());
    const { secret } = await jobOf(world, 'developer');
    const headers = { 'job-token': secret, 'private-token': 'nope' };
    expect((await world.request('anonymous', `${world.path}/environments`, { headers })).status).toBe(401);
    const person = { 'job-token': world.token('maintainer') };
    expect((await world.request('anonymous', `${world.path}/environments`, { headers: person })).status).toBe(401);
  });
});

describeDatabases('sudo', (open) => {
  it('lets an administrator act as somebody else', async () => {
    const world = await gitlabApiWorld(await open());
    const admin = await world.newToken({ name: 'root', role: 'admin' });
    const octocat = await ensureHostUser(world.db, { host: 'github.com', login: 'octocat' }, now);
    const as = async (sudo: string, url: string) =>
      world.request('anonymous', url, { headers: { 'private-token': admin, sudo } });
    expect((await as('reporter', '/api/v4/user')).json).toMatchObject({ username: 'reporter', is_admin: false });
    expect((await as(String(octocat.id), '/api/v4/user')).json).toMatchObject({ username: 'octocat' });
    expect((await as('reporter', `${world.path}/environments`)).status).toBe(200);
    expect((await as('guest', `${world.path}/environments`)).status).toBe(403);
    expect((await as('stranger', `${world.path}/environments`)).status).toBe(404);
    const reply = await as('nobody', '/api/v4/user');
    expect([reply.status, reply.json]).toEqual([404, { message: "404 User with ID or username 'nobody' Not Found" }]);
  });

  it('is for administrators alone', async () => {
    const world = await gitlabApiWorld(await open());
    const headers = { sudo: 'reporter' };
    const reply = await world.request('maintainer', '/api/v4/user?sudo=reporter');
    expect([reply.status, reply.json]).toEqual([403, { message: '403 Forbidden - Must be admin to use sudo' }]);
    expect((await world.request('maintainer', '/api/v4/user', { headers })).status).toBe(403);
    expect((await world.request('maintainer', '/api/v4/user?sudo=')).status).toBe(200);
  });
});
