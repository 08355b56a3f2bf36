import { insertRepo, succeedApply } from '../../../../test/support/applies.ts';
import { insertAgent, protect } from '../../../../test/support/environments.ts';
import { type Case, describeCases, sendAs } from '../../../../test/support/gitlab-api-cases.ts';
import type { World } from '../../../../test/support/gitlab-api-world.ts';

const forbidden = { status: 403, json: { message: '403 Forbidden' } };
const notFound = { status: 404, json: { message: '404 Not found' } };
const noProject = { status: 404, json: { message: '404 Project Not Found' } };

const cluster = { kubernetes_namespace: 'flux-system', flux_resource_path: 'HelmRelease/flux-system' };

/** Gives production an agent, and a namespace and Flux resource unless they are left out. */
async function bind(world: World, rest: object = cluster): Promise<void> {
  const row = { cluster_agent_id: await insertAgent(world), ...rest };
  await world.db.query.updateTable('environments').set(row).where('id', '=', 1).execute();
}

const keysOf = (json: unknown) => Object.keys(json as object);
const clusterKeys = ['cluster_agent', 'kubernetes_namespace', 'flux_resource_path'];

const cases: Case[] = [
  {
    row: 63,
    as: 'M',
    request: 'GET P/environments/1',
    expect: ({ json }) => ({
      status: keysOf(json).includes('project') ? 0 : 200,
      holds: { id: 1, name: 'production', last_deployment: null },
    }),
  },
  {
    row: 64,
    as: 'M',
    given: ({ db, repo }) =>
      succeedApply(db, { repo, project: { name: 'production', dir: '.', workspace: 'default' } }, 2000),
    request: 'GET P/environments/1',
    expect: ({ json }) => {
      const { last_deployment: last } = json as { last_deployment: object };
      return {
        status: keysOf(last).includes('environment') ? 0 : 200,
        holds: { last_deployment: { iid: 1, status: 'success', ref: 'main' } },
      };
    },
  },
  {
    row: 65,
    as: 'M',
    given: bind,
    request: 'GET P/environments/1',
    expect: { status: 200, holds: { cluster_agent: { name: 'agent-1' }, ...cluster } },
  },
  {
    row: 66,
    as: 'R',
    given: bind,
    request: 'GET P/environments/1',
    expect: ({ json }) => ({ status: clusterKeys.some((key) => keysOf(json).includes(key)) ? 0 : 200 }),
  },
  {
    row: 67,
    as: 'M',
    given: ({ db }) =>
      db.query
        .updateTable('environments')
        .set({ auto_stop_at: Date.UTC(2030, 1, 2) })
        .where('id', '=', 1)
        .execute(),
    request: 'GET P/environments/1',
    expect: { status: 200, holds: { auto_stop_at: '2030-02-02T00:00:00.000Z' } },
  },
  { row: 67, as: 'M', request: 'GET P/environments/3', expect: { status: 200, holds: { auto_stop_at: null } } },
  {
    row: 68,
    as: 'M',
    request: 'GET P/environments/abc',
    expect: { status: 400, json: { error: 'environment_id is invalid' } },
  },
  { row: 69, as: 'M', request: 'GET P/environments/999999', expect: notFound },
  { row: 70, as: 'N', request: 'GET P/environments/1', expect: noProject },
  {
    row: 71,
    as: 'M',
    request: 'PUT P/environments/1',
    form: 'external_url=https://mepmep.whatever.ninja',
    expect: {
      status: 200,
      holds: {
        id: 1,
        name: 'production',
        slug: 'production',
        tier: 'other',
        description: null,
        external_url: 'https://mepmep.whatever.ninja',
        project: { id: 1 },
      },
    },
  },
  {
    row: 72,
    as: 'M',
    request: 'PUT P/environments/3',
    form: 'tier=production',
    expect: { status: 200, holds: { tier: 'production' } },
  },
  {
    row: 73,
    as: 'M',
    request: 'PUT P/environments/1',
    form: 'slug=production-foo',
    expect: { status: 400, json: { error: 'slug is automatically generated and cannot be changed' } },
  },
  {
    row: 74,
    as: 'M',
    request: 'PUT P/environments/1',
    form: 'name=renamed',
    expect: { status: 200, holds: { name: 'production', updated_at: '1970-01-01T00:00:01.000Z' } },
  },
  ...[{ json: {} }, { json: null }, { headers: { 'content-type': 'application/json' } }, {}].map(
    (sent): Case => ({
      row: 75,
      as: 'M',
      request: 'PUT P/environments/1',
      ...sent,
      expect: { status: 200, holds: { name: 'production', updated_at: '1970-01-01T00:00:01.000Z' } },
    }),
  ),
  { row: 76, as: 'M', request: 'PUT P/environments/999999', form: 'external_url=javascript:x', expect: notFound },
  {
    row: 77,
    as: 'M',
    given: (world) => sendAs(world, 'M', { request: 'PUT P/environments/1', form: 'external_url=a.example.com' }),
    request: 'PUT P/environments/1',
    json: { external_url: null },
    expect: { status: 200, holds: { external_url: null } },
  },
  {
    row: 78,
    as: 'M',
    given: (world) => bind(world, {}),
    request: 'PUT P/environments/1',
    json: { cluster_agent_id: null },
    expect: ({ json }) => ({ status: keysOf(json).includes('cluster_agent') ? 0 : 200 }),
  },
  {
    row: 79,
    as: 'M',
    given: bind,
    request: 'PUT P/environments/1',
    form: 'external_url=a.example.com',
    expect: { status: 200, holds: { external_url: 'a.example.com', cluster_agent: { name: 'agent-1' }, ...cluster } },
  },
  {
    row: 80,
    as: 'M',
    request: async (world) => {
      const other = await insertRepo(world.db, 'group/third');
      return {
        request: 'PUT P/environments/1',
        json: { cluster_agent_id: await insertAgent({ db: world.db, repo: other }) },
      };
    },
    expect: {
      status: 400,
      json: { message: "400 Bad request - cluster agent doesn't exist or cannot be associated with this environment" },
    },
  },
  {
    row: 81,
    as: 'M',
    given: bind,
    request: 'PUT P/environments/1',
    json: { cluster_agent_id: null, kubernetes_namespace: null, flux_resource_path: null },
    expect: ({ json }) => ({ status: clusterKeys.some((key) => keysOf(json).includes(key)) ? 0 : 200 }),
  },
  { row: 82, as: 'R', request: 'PUT P/environments/1', form: 'tier=other', expect: forbidden },
  {
    row: 83,
    as: 'M',
    request: 'DELETE P/environments/1',
    expect: {
      status: 403,
      json: { message: '403 Forbidden', reason: 'environment must be stopped before it can be deleted' },
    },
  },
  {
    row: 84,
    as: 'M',
    request: 'DELETE P/environments/2',
    expect: ({ headers }) => ({ status: headers['content-type'] === undefined ? 204 : 0, text: '' }),
    after: async (world) => expectNotFound(world, 'GET P/environments/2'),
  },
  { row: 85, as: 'M', request: 'DELETE P/environments/999999', expect: notFound },
  { row: 86, as: 'N', request: 'DELETE P/environments/2', expect: noProject },
  {
    row: 87,
    as: 'M',
    given: ({ db }) =>
      db.query
        .updateTable('environments')
        .set({ updated_at: Date.UTC(2026, 0, 10) })
        .where('id', '=', 2)
        .execute(),
    request: 'DELETE P/environments/2',
    headers: { 'if-unmodified-since': 'Fri, 09 Jan 2026 00:00:00 GMT' },
    expect: { status: 412, json: { message: '412 Precondition Failed' } },
  },
  {
    row: 88,
    as: 'M',
    given: ({ db }) =>
      db.query
        .updateTable('environments')
        .set({ updated_at: Date.UTC(2026, 0, 10) + 250 })
        .where('id', '=', 2)
        .execute(),
    request: 'DELETE P/environments/2',
    headers: { 'if-unmodified-since': 'Sat, 10 Jan 2026 00:00:00 GMT', 'content-type': 'application/json' },
    expect: { status: 204 },
  },
];

const keepsOut: Case[] = ['PUT P/environments/1', 'DELETE P/environments/2', 'POST P/environments/1/stop'].map(
  (request, at): Case => ({
    row: [82, 86, 100][at] ?? 0,
    as: 'D',
    given: async (world) => {
      await protect(world, 'production', 40);
      await protect(world, 'review/fix-foo', 40);
    },
    request,
    expect: forbidden,
  }),
);

async function expectNotFound(world: World, request: string): Promise<void> {
  const { status } = await sendAs(world, 'M', { request });
  if (status !== 404) throw new Error(`${request}: ${status}`);
}

describeCases('the cases of reading, changing and deleting an environment', [...cases, ...keepsOut]);
