import { expect, it } from 'vitest';
import { z } from 'zod';
import { insertRepo, succeedApply } from '../../../test/support/applies.ts';
import { describeDatabases } from '../../../test/support/database.ts';
import { insertAgent, insertEnvironment } from '../../../test/support/environments.ts';
import { sendAs } from '../../../test/support/gitlab-api-cases.ts';
import { gitlabApiWorld, now, type Reply } from '../../../test/support/gitlab-api-world.ts';
import { environmentEventSchema, listedEnvironmentSchema } from './entities/schemas.ts';

const day = 86_400_000;

function names(reply: Reply): string[] {
  return (reply.json as { name: string }[]).map(({ name }) => name);
}

describeDatabases("what Polder's lists have beside GitLab's", (open) => {
  const world = async (applied = false) => gitlabApiWorld(await open(), { applied });

  it.each([
    ['search=duct&match=substring', ['production']],
    ['search=FO&match=substring', ['review/fix-foo']],
    ['search=o&match=substring&pagination=keyset', ['production', 'review/fix-foo']],
    ['search=o&match=substring&states=stopped', ['review/fix-foo']],
    ['search=%25&match=substring', []],
    ['search=_&match=substring', []],
    ['search=%5C&match=substring', []],
    [`search=${'o'.repeat(3000)}&match=substring`, []],
    ['search=prod&match=prefix', ['production']],
  ])('finds %s', async (query, expected) => {
    expect(names(await sendAs(await world(), 'R', { request: `GET P/environments?${query}` }))).toEqual(expected);
  });

  it('shows the last deployments when asked', async () => {
    const w = await world(true);
    await insertEnvironment(w.db, w.repo, { name: 'empty' });
    const { json } = await sendAs(w, 'R', { request: 'GET P/environments?include_last_deployment=true' });
    expect(z.array(listedEnvironmentSchema).parse(json)).toEqual(json);
    const last = { status: 'success', deployable: { name: 'apply', commit: { title: 'Change the network' } } };
    expect(json).toMatchObject([{ last_deployment: last }, {}, {}, { name: 'empty', last_deployment: null }]);
  });

  it('lists the environments of the repos of a group, and of the groups below', async () => {
    const w = await world();
    const other = await insertRepo(w.db, 'group/sub/second');
    await insertEnvironment(w.db, other, { name: 'production' });
    await insertEnvironment(w.db, await insertRepo(w.db, 'groups/x'), { name: 'elsewhere' });
    const seen: string[] = [];
    let query: string | undefined = 'pagination=keyset&per_page=2&states=available';
    while (query !== undefined) {
      const reply: Reply = await sendAs(w, 'R', { request: `GET /api/v4/groups/group%2Fsub/environments?${query}` });
      expect(z.array(listedEnvironmentSchema).parse(reply.json)).toEqual(reply.json);
      for (const { name, project } of reply.json as { name: string; project: { path: string } }[]) {
        seen.push(`${project.path}: ${name}`);
      }
      query = /\?([^>]*)>; rel="next"/.exec(reply.headers.link ?? '')?.[1];
    }
    expect(seen).toEqual(['my.proj: production', 'my.proj: staging-eu', 'second: production']);
  });

  it('lists of a group what the caller may read', async () => {
    const w = await world();
    const other = await insertRepo(w.db, 'group/open', { visibility: 'public' });
    await insertEnvironment(w.db, other, { name: 'public' });
    const { groupId } = w.repo;
    const list = (as: 'A' | 'G' | 'N' | 'R', id: string | number) =>
      sendAs(w, as, { request: `GET /api/v4/groups/${id}/environments` });
    const path = encodeURIComponent('group');
    await w.db.query
      .insertInto('groups')
      .values({ host: 'local', path: 'group', created_at: 1 })
      .onConflict((c) => c.doNothing())
      .execute();
    expect(names(await list('R', path))).toHaveLength(4);
    expect(names(await list('G', path))).toEqual(['public']);
    expect(names(await list('N', path))).toEqual(['public']);
    expect((await list('G', groupId)).json).toEqual({ message: '403 Forbidden' });
    expect((await list('N', groupId)).json).toEqual({ message: '404 Group Not Found' });
    expect((await list('R', 'nothing')).json).toEqual({ message: '404 Group Not Found' });
    expect((await list('R', 999)).status).toBe(404);
    expect((await list('A', path)).status).toBe(401);
  });

  it('tells what happened to an environment, by whom and why', async () => {
    const w = await world();
    await sendAs(w, 'D', { request: 'POST P/environments', json: { name: 'new' } });
    await sendAs(w, 'D', { request: 'PUT P/environments/4', json: { external_url: 'a.example.com', tier: 'other' } });
    await sendAs(w, 'M', { request: 'POST P/environments/4/stop' });
    const { json, headers } = await sendAs(w, 'R', { request: 'GET P/environments/4/events' });
    expect(z.array(environmentEventSchema).parse(json)).toEqual(json);
    expect(json).toMatchObject([
      { kind: 'stopped', reason: 'asked for', actor: { username: 'maintainer' }, data: { from: 'available' } },
      {
        kind: 'updated',
        actor: { username: 'developer' },
        data: { external_url: { from: null, to: 'a.example.com' } },
      },
      { kind: 'created', actor: { username: 'developer' } },
    ]);
    expect(headers['x-total']).toBe('3');
    const second = await sendAs(w, 'R', { request: 'GET P/environments/4/events?per_page=1&page=2&sort=asc' });
    expect(second.json).toMatchObject([{ kind: 'updated' }]);
    expect((await sendAs(w, 'R', { request: 'GET P/environments/999/events' })).json).toEqual({
      message: '404 Not found',
    });
    expect((await sendAs(w, 'G', { request: 'GET P/environments/4/events' })).status).toBe(403);
  });

  it('has facts as environments show them, and of agents only for those who may see them', async () => {
    const w = await world();
    const agent = { cluster_agent_id: await insertAgent(w), kubernetes_namespace: 'secret-ns' };
    const json = { ...agent, auto_stop_in: '1 day', description: 'x' };
    expect((await sendAs(w, 'M', { request: 'PUT P/environments/1', json })).status).toBe(200);
    const dataFor = async (as: 'D' | 'R') =>
      ((await sendAs(w, as, { request: 'GET P/environments/1/events' })).json as { data: unknown }[])[0]?.data;
    const shown = {
      description: { from: null, to: 'x' },
      auto_stop_at: { from: null, to: new Date(now + day).toISOString() },
      auto_stop_in: { from: null, to: 86_400 },
    };
    expect(await dataFor('R')).toEqual(shown);
    expect(await dataFor('D')).toEqual({
      ...shown,
      cluster_agent_id: { from: null, to: agent.cluster_agent_id },
      kubernetes_namespace: { from: null, to: 'secret-ns' },
    });
  });
});

describeDatabases("what Polder's changes have beside GitLab's", (open) => {
  const world = async () => gitlabApiWorld(await open(), { applied: false });
  const iso = (time: number) => new Date(time).toISOString();

  it.each<[object, object]>([
    [{ auto_stop_at: '2030-02-03' }, { auto_stop_at: '2030-02-03T00:00:00.000Z' }],
    [{ auto_stop_in: '1 day' }, { auto_stop_at: iso(now + day) }],
    [{ auto_stop_in: 90 }, { auto_stop_at: iso(now + 90_000) }],
    [{ auto_stop_in: 'never' }, { auto_stop_at: null }],
    [{ auto_stop_at: null }, { auto_stop_at: null }],
  ])('takes %j', async (json, expected) => {
    const w = await world();
    const made = await sendAs(w, 'D', { request: 'POST P/environments', json: { name: 'new', ...json } });
    expect(made.json).toMatchObject(expected);
    await sendAs(w, 'D', { request: 'PUT P/environments/1', json: { auto_stop_at: '2031-01-01' } });
    expect((await sendAs(w, 'D', { request: 'PUT P/environments/1', json })).json).toMatchObject(expected);
  });

  it('deletes what is not stopped when forced to', async () => {
    const w = await world();
    expect((await sendAs(w, 'D', { request: 'DELETE P/environments/1?force=true' })).status).toBe(204);
    expect((await sendAs(w, 'D', { request: 'GET P/environments/1' })).status).toBe(404);
    const events = await w.db.query.selectFrom('environment_events').select(['kind', 'reason']).execute();
    expect(events).toEqual([
      { kind: 'stopped', reason: 'deleted by force' },
      { kind: 'deleted', reason: 'deleted by force' },
    ]);
  });

  it('schedules the deletion of another folder, after another time', async () => {
    const w = await world();
    await insertEnvironment(w.db, w.repo, { name: 'preview/a', state: 'stopped' });
    const json = { dry_run: false, folder: 'preview', delay: '2 hours' };
    const { json: reply } = await sendAs(w, 'D', { request: 'DELETE P/environments/review_apps', json });
    expect(reply).toMatchObject({ scheduled_entries: [{ name: 'preview/a' }] });
    const { json: after } = await sendAs(w, 'D', { request: 'GET P/environments/4' });
    expect(after).toMatchObject({ auto_delete_at: iso(now + day / 12), environment_type: 'preview' });
  });

  it.each(['never', 'soon', '-1'])('refuses a delay of %j', async (delay) => {
    const request = `DELETE P/environments/review_apps?delay=${delay}`;
    expect((await sendAs(await world(), 'D', { request })).json).toEqual({ error: 'delay is invalid' });
  });

  it('calls a deletion off when something is deployed', async () => {
    const w = await world();
    await w.db.query
      .updateTable('environments')
      .set({ auto_delete_at: now + day })
      .where('id', '=', 2)
      .execute();
    await succeedApply(
      w.db,
      { repo: w.repo, project: { name: 'review/fix-foo', dir: '.', workspace: 'default' } },
      now,
    );
    const { json } = await sendAs(w, 'R', { request: 'GET P/environments/2' });
    expect(json).toMatchObject({ state: 'available', auto_delete_at: null });
  });

  it('says why an environment is stopping, and until when', async () => {
    const w = await world();
    w.setStopActions(
      async () => new Map([[1, { kind: 'actions', actions: [{ name: 'x', start: async () => undefined }] }]]),
    );
    const { json } = await sendAs(w, 'M', { request: 'POST P/environments/1/stop' });
    expect(json).toMatchObject({
      state: 'stopping',
      stopping_reason: 'asked for',
      stopping_until: iso(now + day / 24),
    });
  });

  it('starts no stop action that the caller may not start', async () => {
    const w = await world();
    w.setStopActions(async () => new Map([[1, { kind: 'refused', reason: 'not yours' }]]));
    const { status, json } = await sendAs(w, 'D', { request: 'POST P/environments/1/stop' });
    expect([status, json]).toEqual([403, { message: '403 Forbidden' }]);
    const shown = await sendAs(w, 'D', { request: 'GET P/environments/1' });
    expect(shown.json).toMatchObject({ state: 'available' });
  });

  it('loses no change of many that come at once', async () => {
    const w = await world();
    const changes = [
      ...Array.from({ length: 8 }, () => ({ external_url: 'a.example.com' })),
      ...Array.from({ length: 8 }, () => ({ description: 'd' })),
      ...Array.from({ length: 8 }, () => ({ tier: 'production' })),
    ];
    const replies = await Promise.all([
      ...changes.map((json) => sendAs(w, 'M', { request: 'PUT P/environments/1', json })),
      ...Array.from({ length: 8 }, () => sendAs(w, 'M', { request: 'POST P/environments/1/stop' })),
    ]);
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]));
    const { json } = await sendAs(w, 'M', { request: 'GET P/environments/1' });
    expect(json).toMatchObject({
      external_url: 'a.example.com',
      description: 'd',
      tier: 'production',
      state: 'stopped',
    });
    const kinds = await w.db.query.selectFrom('environment_events').select('kind').orderBy('kind').execute();
    expect(kinds.map(({ kind }) => kind)).toEqual(['stopped', 'updated', 'updated', 'updated']);
  });

  it('makes one environment of a name, however many ask at once', async () => {
    const w = await world();
    const send = () => sendAs(w, 'M', { request: 'POST P/environments', json: { name: 'new' } });
    const replies = await Promise.all(Array.from({ length: 8 }, send));
    expect(replies.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(replies.filter(({ status }) => status === 400)).toHaveLength(7);
  });
});

describeDatabases('what every answer carries', (open) => {
  const world = async () => gitlabApiWorld(await open(), { applied: false });

  it('is told apart and timed', async () => {
    const { request, path } = await world();
    const { headers } = await request('reporter', `${path}/environments`, { headers: { 'x-request-id': 'abc-1' } });
    expect(headers).toMatchObject({
      'x-request-id': 'abc-1',
      'x-gitlab-meta': '{"correlation_id":"abc-1","version":"1"}',
      'x-runtime': expect.stringMatching(/^\d+\.\d{6}$/) as string,
      'cache-control': 'max-age=0, private, must-revalidate',
      vary: 'Origin',
    });
    const odd = await request('reporter', `${path}/environments`, { headers: { 'x-request-id': 'a b"' } });
    expect(odd.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('is not sent again to a client that has it', async () => {
    const { request, path } = await world();
    const first = await request('reporter', `${path}/environments`);
    expect(first.headers.etag).toMatch(/^W\/"[0-9a-f]{32}"$/);
    const headers = { 'if-none-match': first.headers.etag };
    const again = await request('reporter', `${path}/environments`, { headers });
    expect([again.status, again.text]).toEqual([304, '']);
    const changed = await request('reporter', `${path}/environments?per_page=1`, { headers });
    expect(changed.status).toBe(200);
  });

  it('may be read by pages of any origin, without cookies', async () => {
    const { request, path } = await world();
    const { headers } = await request('reporter', `${path}/environments`, { headers: { origin: 'https://a.example' } });
    expect(headers).toMatchObject({ 'access-control-allow-origin': '*' });
    expect(headers['access-control-expose-headers']).toMatch(/^Link, X-Total, .*, ETag$/);
    expect(headers['access-control-allow-credentials']).toBeUndefined();
  });

  it('answers a page that asks beforehand', async () => {
    const { request, path } = await world();
    const { status, headers } = await request('anonymous', `${path}/environments/1`, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://a.example',
        'access-control-request-method': 'PUT',
        'access-control-request-headers': 'private-token,content-type',
      },
    });
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-headers': 'private-token,content-type',
    });
    expect(headers['access-control-allow-methods']).toContain('PUT');
  });
});
