import { expect } from 'vitest';
import { insertRepo } from '../../../../test/support/applies.ts';
import { type Case, describeCases } from '../../../../test/support/gitlab-api-cases.ts';
import { baseUrl, now, type World } from '../../../../test/support/gitlab-api-world.ts';
import { authenticate, endJobToken, mintJobToken } from '../../../access/index.ts';

const unauthorized = { status: 401, json: { message: '401 Unauthorized' } };

/** The token of a job that a developer started. */
async function jobToken({ db, repo, token }: World): Promise<string> {
  const shown = await authenticate(db, token('developer'), now);
  if (shown.kind !== 'known') throw new Error(shown.kind);
  const { actor } = shown.principal;
  return db.transaction((tx) => mintJobToken(tx, { jobId: 1, repoId: repo.id, actor, now }));
}

const version = { version: '18.0.0', revision: 'polder', enterprise: false };

const cases: Case[] = [
  {
    row: 37,
    as: 'A',
    request: async (world) => ({ request: `GET P/environments?job_token=${await jobToken(world)}` }),
    expect: ({ headers }) => {
      expect(headers.link).not.toContain('job_token');
      return { status: 200 };
    },
  },
  {
    row: 38,
    as: 'A',
    request: async (world) => {
      const secret = await jobToken(world);
      await world.db.transaction((tx) => endJobToken(tx, 1));
      return { request: 'GET P/environments', headers: { 'job-token': secret } };
    },
    expect: unauthorized,
  },
  {
    row: 60,
    as: 'A',
    request: async (world) => ({
      request: 'POST P/environments',
      form: `name=mepmep&job_token=${await jobToken(world)}`,
    }),
    expect: { status: 201, holds: { name: 'mepmep', slug: 'mepmep' } },
  },
  { row: 155, as: 'A', request: 'GET /api/v4/version', expect: unauthorized },
  { row: 155, as: 'A', request: 'GET /api/v4/metadata', expect: unauthorized },
  { row: 156, as: 'M', request: 'GET /api/v4/version', expect: { status: 200, holds: version } },
  {
    row: 156,
    as: 'G',
    request: 'GET /api/v4/metadata',
    expect: { status: 200, holds: { ...version, kas: { enabled: false } } },
  },
  {
    row: 157,
    as: 'M',
    request: 'GET /api/v4/user',
    expect: { status: 200, holds: { username: 'maintainer', web_url: `${baseUrl}/maintainer` } },
  },
  {
    row: 157,
    as: 'M',
    request: 'GET /api/v4/personal_access_tokens/self',
    expect: {
      status: 200,
      holds: { name: 'maintainer', revoked: false, active: true, scopes: ['api'], expires_at: null },
    },
  },
  {
    row: 157,
    as: 'M',
    request: 'GET P',
    expect: {
      status: 200,
      holds: {
        ...{ id: 1, path_with_namespace: 'group/sub/my.proj', visibility: 'private', archived: false },
        permissions: { project_access: { access_level: 40, notification_level: 3 }, group_access: null },
      },
    },
  },
  {
    row: 157,
    as: 'M',
    request: 'GET /api/v4/projects?search=MY.',
    expect: { status: 200, holds: [{ id: 1, path: 'my.proj' }], headers: { 'x-total': '1' } },
  },
  {
    row: 157,
    as: 'N',
    given: ({ db }) => insertRepo(db, 'group/open_one', { visibility: 'public' }),
    request: 'GET /api/v4/projects?simple=true',
    expect: (reply) => {
      expect((reply.json as { path: string }[]).map(({ path }) => path)).toEqual(['open_one', 'other']);
      return { status: 200 };
    },
  },
  {
    row: 157,
    as: 'N',
    given: ({ db }) => insertRepo(db, 'group/open_one', { visibility: 'public' }),
    request: 'GET /api/v4/projects?membership=true',
    expect: { status: 200, holds: [{ path: 'other' }], headers: { 'x-total': '1' } },
  },
  { row: 157, as: 'M', request: 'GET /api/v4/projects?search=_', expect: { status: 200, json: [] } },
  { row: 158, as: 'M', request: 'GET /api/v4/nonsense', expect: { status: 404, json: { error: '404 Not Found' } } },
  {
    row: 162,
    as: 'A',
    request: 'GET /api/v3/projects',
    expect: { status: 410, json: { error: 'API V3 is no longer supported. Use API V4 instead.' } },
  },
];

describeCases('the cases of who may do what', cases);
