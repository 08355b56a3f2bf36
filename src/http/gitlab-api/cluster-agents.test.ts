import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { insertRepo } from '../../../test/support/applies.ts';
import { describeDatabases } from '../../../test/support/database.ts';
import { sendAs } from '../../../test/support/gitlab-api-cases.ts';
import { gitlabApiWorld, type World } from '../../../test/support/gitlab-api-world.ts';
import { clusterAgentSchema } from './entities/schemas.ts';

const agents = 'P/cluster_agents';
const register = (world: World, name: string) => sendAs(world, 'M', { request: `POST ${agents}`, json: { name } });

describeDatabases('cluster agents', (open) => {
  const world = async () => gitlabApiWorld(await open(), { applied: false });

  it('are registered, listed, shown and deleted', async () => {
    const w = await world();
    const made = await register(w, 'agent-1');
    await register(w, 'agent-2');
    expect(made).toMatchObject({
      status: 201,
      json: { id: 1, name: 'agent-1', config_project: { id: 1, path_with_namespace: 'group/sub/my.proj' } },
    });
    const listed = await sendAs(w, 'D', { request: `GET ${agents}?per_page=1` });
    expect(z.array(clusterAgentSchema).parse(listed.json)).toEqual([made.json]);
    expect(listed.headers).toMatchObject({ 'x-total': '2', 'x-next-page': '2' });
    expect((await sendAs(w, 'D', { request: `GET ${agents}/2` })).json).toMatchObject({ name: 'agent-2' });
    expect((await sendAs(w, 'M', { request: `DELETE ${agents}/2` })).status).toBe(204);
    expect((await sendAs(w, 'D', { request: `GET ${agents}/2` })).json).toEqual({ message: '404 Not found' });
    const audited = await w.db.query.selectFrom('audit_events').select(['action', 'subject']).execute();
    expect(audited.slice(-1)).toEqual([{ action: 'cluster_agent.delete', subject: 'agent-2' }]);
  });

  it.each([
    ['', "Name can't be blank"],
    ['-x', "Name can contain only lowercase letters, digits, and '-', but cannot start or end with '-'"],
    ['a'.repeat(64), 'Name is too long (maximum is 63 characters)'],
    ['taken', 'Name has already been taken'],
  ])('are not registered as %j', async (name, reason) => {
    const w = await world();
    await register(w, 'taken');
    const reply = await register(w, name);
    expect([reply.status, reply.json]).toEqual([400, { message: `400 Bad request - ${reason}` }]);
  });

  it('take themselves out of environments when they are deleted', async () => {
    const w = await world();
    await register(w, 'agent-1');
    const json = { cluster_agent_id: 1, kubernetes_namespace: 'apps' };
    await sendAs(w, 'M', { request: 'PUT P/environments/1', json });
    await sendAs(w, 'M', { request: `DELETE ${agents}/1` });
    const { json: environment } = await sendAs(w, 'M', { request: 'GET P/environments/1' });
    expect(Object.keys(environment as object)).not.toContain('cluster_agent');
    const { json: events } = await sendAs(w, 'M', { request: 'GET P/environments/1/events' });
    expect(events).toMatchObject([{ kind: 'updated', reason: 'its cluster agent was deleted' }, {}]);
  });

  it('take themselves out of more environments than a statement has parameters for', async () => {
    const w = await world();
    await register(w, 'agent-1');
    const count = 12_000;
    await sql`with recursive series(i) as (select 1 union all select i + 1 from series where i < ${sql.lit(count)})
      insert into environments (repo_id, name, name_key, slug, tier, state, auto_stop_setting, cluster_agent_id,
        created_at, updated_at)
      select 1, 'many-' || i, 'many-' || i, 'many-' || i, 'other', 'available', 'always', 1, 1, 1 from series`.execute(
      w.db.query,
    );
    expect((await sendAs(w, 'M', { request: `DELETE ${agents}/1` })).status).toBe(204);
    const bound = w.db.query.selectFrom('environments').select('id').where('cluster_agent_id', 'is not', null);
    expect(await bound.execute()).toEqual([]);
    const updated = w.db.query.selectFrom('environment_events').select(({ fn }) => fn.countAll<number>().as('n'));
    expect(Number((await updated.executeTakeFirstOrThrow()).n)).toBe(count);
  });

  it.each<['R' | 'D' | 'N', string, number]>([
    ['R', `GET ${agents}`, 403],
    ['D', `POST ${agents}?name=x`, 403],
    ['D', `DELETE ${agents}/1`, 403],
    ['N', `GET ${agents}`, 404],
  ])('are kept from %s: %s', async (as, request, status) => {
    expect((await sendAs(await world(), as, { request })).status).toBe(status);
  });

  it('of another repo are not there', async () => {
    const w = await world();
    await register(w, 'agent-1');
    const other = await insertRepo(w.db, 'group/third');
    const reply = await sendAs(w, 'M', { request: `GET /api/v4/projects/${other.id}/cluster_agents/1` });
    expect(reply.status).toBe(404);
  });
});
