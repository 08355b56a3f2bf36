import { expect } from 'vitest';
import { succeedApply } from '../../../../test/support/applies.ts';
import { callerOf, report } from '../../../../test/support/deployments.ts';
import { protect } from '../../../../test/support/environments.ts';
import { type Case, describeCases, sendAs } from '../../../../test/support/gitlab-api-cases.ts';
import { baseUrl, now, type World } from '../../../../test/support/gitlab-api-world.ts';
import type { Deployment, DeploymentReport } from '../../../environments/index.ts';

const forbidden = { status: 403, json: { message: '403 Forbidden' } };
const noProject = { status: 404, json: { message: '404 Project Not Found' } };
const sha = 'c'.repeat(40);

/** Reports deployments, each a second after the one before. */
const reported =
  (...reports: Partial<DeploymentReport>[]) =>
  async ({ db, repo }: World): Promise<Deployment[]> => {
    const by = await callerOf(db, 'mona', 'maintainer');
    const made: Deployment[] = [];
    for (const [at, each] of reports.entries()) {
      made.push(await report(db, { repo, by, sha: String(at + 1).repeat(40), now: now + at * 1000, ...each }));
    }
    return made;
  };

const three = reported({}, { environment: 'staging-eu' }, { status: 'failed' });
const ids = (reply: { json: unknown }) => (reply.json as { id: number }[]).map(({ id }) => id);
const bad = (text: string) => ({ status: 400, json: { message: `400 Bad request - ${text}` } });
const time = '2026-01-15T12:00:02.250Z';
const ok = `environment=production&sha=${sha}&ref=main&tag=false&status=success`;
const list = (query: string) => `GET P/deployments?${query}`;

const listCases: Case[] = [
  {
    row: 123,
    as: 'M',
    given: three,
    request: 'GET P/deployments',
    expect: (reply) => {
      expect(ids(reply)).toEqual([1, 2, 3]);
      const deployment = { iid: 1, ref: 'main', sha: '1'.repeat(40), status: 'success', deployable: null };
      const surroundings = { environment: { id: 1, name: 'production' }, user: { username: 'mona' } };
      const link = `<${baseUrl}/api/v4/projects/1/deployments?id=1&order_by=id&page=1&per_page=20&sort=asc>; rel="first"`;
      return {
        status: 200,
        holds: [{ ...deployment, ...surroundings }, {}, {}],
        headers: { 'x-total': '3', 'x-page': '1', link: expect.stringContaining(link) as unknown },
      };
    },
  },
  {
    row: 124,
    as: 'M',
    given: three,
    request: list('order_by=iid&sort=desc'),
    expect: (reply) => {
      expect(ids(reply)).toEqual([3, 2, 1]);
      return { status: 200 };
    },
  },
  {
    row: 125,
    as: 'M',
    request: list('order_by=wrong_sorting_value'),
    expect: { status: 400, json: { error: 'order_by does not have a valid value' } },
  },
  {
    row: 126,
    as: 'M',
    request: list(`updated_before=${time}&updated_after=${time}&order_by=id`),
    expect: bad('`updated_at` filter requires `updated_at` sort'),
  },
  {
    row: 126,
    as: 'M',
    request: list(`updated_before=${time}&finished_after=${time}&order_by=updated_at`),
    expect: bad('Both `updated_at` filter and `finished_at` filter can not be specified'),
  },
  {
    row: 126,
    as: 'M',
    given: three,
    request: list(`updated_before=${time}&updated_after=2026-01-15T12:00:01Z&order_by=updated_at&sort=desc`),
    expect: (reply) => {
      expect(ids(reply)).toEqual([3, 2]);
      return { status: 200 };
    },
  },
  {
    row: 127,
    as: 'M',
    given: three,
    request: list(`status=success&finished_before=${time}&order_by=finished_at&environment=staging-eu`),
    expect: (reply) => {
      expect(ids(reply)).toEqual([2]);
      return { status: 200 };
    },
  },
  {
    row: 127,
    as: 'M',
    request: list('order_by=finished_at'),
    expect: bad(
      '`finished_at` sort requires `finished_at` filter or a filter with at least one of the finished statuses.',
    ),
  },
  {
    row: 128,
    as: 'M',
    request: list(`status=failed&finished_before=${time}&order_by=finished_at`),
    expect: bad('`finished_at` filter must be combined with `success` status filter.'),
  },
  {
    row: 129,
    as: 'M',
    request: list(`status=success&finished_before=${time}&order_by=id`),
    expect: bad('`finished_at` filter requires `finished_at` sort.'),
  },
  {
    row: 130,
    as: 'M',
    given: three,
    request: list('environment=production'),
    expect: (reply) => {
      expect(ids(reply)).toEqual([1, 3]);
      return { status: 200 };
    },
  },
  { row: 130, as: 'M', given: three, request: list('environment=nope'), expect: { status: 200, json: [] } },
  {
    row: 130,
    as: 'M',
    request: list('environment=nope&pagination=keyset'),
    expect: (reply) => {
      expect(reply.headers).not.toHaveProperty('x-total');
      return { status: 200, json: [] };
    },
  },
];

const post = 'POST P/deployments';
const made = {
  status: 201,
  holds: {
    environment: { id: 1, name: 'production' },
    ...{ sha, ref: 'main', status: 'success', deployable: null, user: { username: 'maintainer' } },
    ...{ pending_approval_count: 0, approvals: [], approval_summary: { rules: [] } },
  },
};
const invalid = (field: string, text: string) => ({ status: 400, json: { message: { [field]: [text] } } });
const problem = (error: string) => ({ status: 400, json: { error } });

const createCases: Case[] = [
  { row: 131, as: 'M', request: post, form: ok, expect: made },
  { row: 132, as: 'D', request: post, form: ok, expect: { status: 201 } },
  { row: 132, as: 'R', request: post, form: ok, expect: forbidden },
  {
    row: 132,
    as: 'D',
    given: (world) => protect(world, 'production', 40),
    request: post,
    form: ok,
    expect: forbidden,
  },
  { row: 133, as: 'N', request: post, form: ok, expect: noProject },
  { row: 134, as: 'M', request: post, form: ok.replace('production', ''), expect: problem('environment is empty') },
  { row: 134, as: 'M', request: post, form: ok.replace(sha, ''), expect: problem('sha is empty') },
  { row: 134, as: 'M', request: post, form: ok.replace('main', ''), expect: problem('ref is empty') },
  {
    row: 134,
    as: 'M',
    request: post,
    expect: problem(
      'environment is missing, sha is missing, ref is missing, tag is missing, status is missing, status does not have a valid value',
    ),
  },
  {
    row: 135,
    as: 'M',
    request: post,
    form: ok.replace(sha, 'does not exist'),
    expect: invalid('sha', 'The commit does not exist'),
  },
  {
    row: 136,
    as: 'M',
    request: post,
    form: ok.replace('main', 'doesnotexist'),
    expect: invalid('ref', 'The branch or tag does not exist'),
  },
  {
    row: 137,
    as: 'M',
    request: post,
    form: ok.replace('production', 'a'.repeat(300)),
    expect: invalid('name', 'is too long (maximum is 255 characters)'),
  },
  {
    row: 138,
    as: 'M',
    request: post,
    form: ok,
    expect: made,
    after: async (world, first) => {
      const second = await sendAs(world, 'M', { request: post, form: ok });
      expect([second.status, second.json]).toEqual([201, first.json]);
    },
  },
  { row: 139, as: 'M', request: `${post}?${ok}`, expect: made },
  {
    row: 140,
    as: 'M',
    request: post,
    form: ok.replace('production', 'review%2Ffix-foo'),
    expect: { status: 201, holds: { environment: { id: 2 } } },
    after: async (world) => {
      const { json } = await sendAs(world, 'M', { request: 'GET P/environments/2' });
      expect(json).toMatchObject({ state: 'available', last_deployment: { id: 1, status: 'success' } });
    },
  },
];

const failed = reported({ status: 'failed' });
const transition = String.raw`cannot transition via \"run\"`;

const changeCases: Case[] = [
  {
    row: 141,
    as: 'M',
    given: failed,
    request: 'PUT P/deployments/1',
    form: 'status=success',
    expect: { status: 200, holds: { id: 1, status: 'success' } },
  },
  {
    row: 142,
    as: 'M',
    given: failed,
    request: 'PUT P/deployments/1',
    json: { status: 'running' },
    expect: invalid('status', transition),
  },
  {
    row: 143,
    as: 'M',
    given: ({ db, repo }) =>
      succeedApply(db, { repo, project: { name: 'production', dir: '.', workspace: 'default' } }, now),
    request: 'PUT P/deployments/1?status=failed',
    expect: {
      status: 403,
      json: { message: '403 Forbidden - Deployments created using GitLab CI can not be updated using the API' },
    },
  },
  {
    row: 143,
    as: 'M',
    request: 'PUT P/deployments/99?status=failed',
    expect: { status: 404, json: { message: '404 Not found' } },
  },
  {
    row: 143,
    as: 'M',
    given: failed,
    request: 'PUT P/deployments/1?status=created',
    expect: problem('status does not have a valid value'),
  },
  {
    row: 144,
    as: 'M',
    given: reported({}, {}),
    request: 'DELETE P/deployments/1',
    expect: { status: 204, text: '' },
    after: async (world) => expect((await sendAs(world, 'M', { request: 'GET P/deployments/1' })).status).toBe(404),
  },
  {
    row: 144,
    as: 'M',
    given: failed,
    request: 'DELETE P/deployments/1',
    headers: { 'if-unmodified-since': 'Wed, 14 Jan 2026 12:00:00 GMT' },
    expect: { status: 412, json: { message: '412 Precondition Failed' } },
  },
  {
    row: 144,
    as: 'M',
    given: reported({}),
    request: 'DELETE P/deployments/1',
    expect: { status: 400, json: { message: 'Deployment currently deployed to environment' } },
  },
  {
    row: 145,
    as: 'M',
    given: reported({ status: 'running' }),
    request: 'DELETE P/deployments/1',
    expect: { status: 400, json: { message: 'Cannot destroy running deployment' } },
  },
  { row: 146, as: 'D', given: failed, request: 'DELETE P/deployments/1', expect: forbidden },
  {
    row: 147,
    as: 'M',
    given: failed,
    request: 'GET P/deployments/1/merge_requests',
    expect: { status: 200, json: [], headers: { 'x-total': '0' } },
  },
];

/** Two successes, with three pull requests named by the commits between them, of which the host knows two as merged. */
const shipped = async (world: World) => {
  await reported({}, { sha: '2'.repeat(40) })(world);
  const messages = ['Add a (#3)\n', 'Merge pull request #5 from a/b\n', 'Add b (#8)\n', 'Add c (#9)\n'];
  world.setPulls([{ number: 3 }, { number: 5, title: 'Five' }, { number: 8, open: true, merged: false }], messages);
};

const mergeRequestCases: Case[] = [
  {
    row: 147,
    as: 'M',
    given: shipped,
    request: 'GET P/deployments/2/merge_requests',
    expect: {
      status: 200,
      holds: [
        { iid: 5, title: 'Five', state: 'merged', project_id: 1, target_branch: 'main', author: { username: 'ann' } },
        { iid: 3, state: 'merged' },
      ],
      headers: { 'x-total': '2' },
    },
  },
  {
    row: 147,
    as: 'M',
    given: shipped,
    request: 'GET P/deployments/2/merge_requests?state=merged&per_page=1&page=2',
    expect: { status: 200, holds: [{ iid: 3 }], headers: { 'x-total': '2', 'x-prev-page': '1' } },
  },
  {
    row: 147,
    as: 'M',
    given: shipped,
    request: 'GET P/deployments/1/merge_requests',
    expect: { status: 200, json: [] },
  },
  {
    row: 147,
    as: 'M',
    given: shipped,
    request: 'GET P/deployments/2/merge_requests?state=opened',
    expect: { status: 200, json: [] },
  },
];

describeCases('the cases of what a deployment brought', mergeRequestCases);
describeCases('the cases of listing deployments', listCases);
describeCases('the cases of recording deployments', createCases);
describeCases('the cases of changing deployments', changeCases);
