import { expect } from 'vitest';
import { insertRepo } from '../../../../test/support/applies.ts';
import { callerOf, report } from '../../../../test/support/deployments.ts';
import { protect } from '../../../../test/support/environments.ts';
import { type Case, describeCases, sendAs } from '../../../../test/support/gitlab-api-cases.ts';
import type { World } from '../../../../test/support/gitlab-api-world.ts';

const forbidden = { status: 403, json: { message: '403 Forbidden' } };
const notFound = { status: 404, json: { message: '404 Not found' } };
const noProject = { status: 404, json: { message: '404 Project Not Found' } };
const invalid = (message: object) => ({ status: 400, json: { message } });
const unprocessable = (message: unknown) => ({ status: 422, json: { message } });

const post = 'POST P/protected_environments';
const one = 'P/protected_environments/production';
const maintainers = {
  access_level: 40,
  access_level_description: 'Maintainers',
  user_id: null,
  group_id: null,
  group_inheritance_type: 0,
};
const twoLevels = { name: 'production', deploy_access_levels: [{ access_level: 40 }, { access_level: 30 }] };
const guarded = (world: World) => protect(world, 'production', 40);

const protectionCases: Case[] = [
  {
    row: 148,
    as: 'M',
    request: post,
    json: { ...twoLevels, approval_rules: [{ access_level: 40, required_approvals: 2 }] },
    expect: {
      status: 201,
      json: {
        name: 'production',
        deploy_access_levels: [
          { id: 1, ...maintainers },
          { id: 2, ...maintainers, access_level: 30, access_level_description: 'Developers + Maintainers' },
        ],
        required_approval_count: 0,
        approval_rules: [{ id: 3, ...maintainers, required_approvals: 2 }],
      },
    },
  },
  {
    row: 148,
    as: 'M',
    request: post,
    form: 'name=review%2Fx&deploy_access_levels[][access_level]=40&deploy_access_levels[][access_level]=60',
    expect: {
      status: 201,
      holds: { name: 'review/x', deploy_access_levels: [{ access_level: 40 }, { access_level: 60 }] },
    },
    after: async (world) => {
      const reply = await sendAs(world, 'M', { request: 'GET P/protected_environments/review%2Fx' });
      expect(reply).toMatchObject({ status: 200, json: { name: 'review/x' } });
    },
  },
  {
    row: 148,
    as: 'M',
    given: guarded,
    request: post,
    json: twoLevels,
    expect: { status: 409, json: { message: "Environment 'production' is already protected" } },
  },
  {
    row: 148,
    as: 'M',
    request: post,
    json: { name: 'x' },
    expect: { status: 400, json: { error: 'deploy_access_levels is missing' } },
  },
  {
    row: 148,
    as: 'M',
    request: post,
    json: { name: 'x', deploy_access_levels: [{ access_level: 41 }, 1] },
    expect: {
      status: 400,
      json: {
        error: 'deploy_access_levels[0][access_level] does not have a valid value, deploy_access_levels[1] is invalid',
      },
    },
  },
  {
    row: 148,
    as: 'M',
    request: post,
    json: { name: 'x', deploy_access_levels: [{ user_id: 999 }] },
    expect: unprocessable(['Deploy access levels is too short (minimum is 1 character)']),
  },
  {
    row: 148,
    as: 'M',
    request: post,
    json: { ...twoLevels, approval_rules: [{ user_id: 999 }] },
    expect: unprocessable(['Approval rules: there is no user 999 who may approve']),
  },
  {
    row: 148,
    as: 'M',
    request: ({ repo }) => ({
      request: post,
      json: { name: 'x', deploy_access_levels: [{ group_id: repo.groupId, group_inheritance_type: 1 }] },
    }),
    expect: (_reply, { repo }) => ({
      status: 201,
      holds: {
        deploy_access_levels: [
          {
            access_level: null,
            access_level_description: 'sub',
            user_id: null,
            group_id: repo.groupId,
            group_inheritance_type: 1,
          },
        ],
      },
    }),
  },
  {
    row: 148,
    as: 'M',
    request: post,
    json: { name: 'x', deploy_access_levels: [{ access_level: 40, user_id: 1 }] },
    expect: unprocessable(['Only one of the Group ID, User ID or Access Level must be specified.']),
  },
  {
    row: 148,
    as: 'M',
    request: post,
    json: { ...twoLevels, required_approval_count: 1 },
    expect: unprocessable(
      "Parameter 'required_approval_count' is deprecated and shouldn't be used. See https://gitlab.com/groups/gitlab-org/-/epics/9662",
    ),
  },
  {
    row: 148,
    as: 'M',
    given: guarded,
    request: `PUT ${one}`,
    json: { deploy_access_levels: [{ id: 1, access_level: 60 }], approval_rules: [{ access_level: 40 }] },
    expect: {
      status: 200,
      holds: {
        deploy_access_levels: [{ id: 1, access_level: 60, access_level_description: 'Administrators' }],
        approval_rules: [{ access_level: 40, required_approvals: 1 }],
      },
    },
  },
  {
    row: 148,
    as: 'M',
    given: guarded,
    request: `PUT ${one}`,
    json: { deploy_access_levels: [{ id: 1, _destroy: true }] },
    expect: unprocessable(['Deploy access levels is too short (minimum is 1 character)']),
  },
  { row: 148, as: 'M', request: `PUT ${one}`, json: {}, expect: notFound },
  {
    row: 148,
    as: 'M',
    given: guarded,
    request: `DELETE ${one}`,
    expect: { status: 204, text: '' },
    after: async (world) => expect(await sendAs(world, 'M', { request: `GET ${one}` })).toMatchObject({ status: 404 }),
  },
  { row: 148, as: 'M', request: `DELETE ${one}`, expect: notFound },
  {
    row: 149,
    as: 'M',
    given: guarded,
    request: 'GET P/protected_environments',
    expect: { status: 200, holds: [{ name: 'production' }], headers: { 'x-total': '1' } },
  },
  { row: 149, as: 'D', request: 'GET P/protected_environments', expect: forbidden },
  { row: 149, as: 'D', request: post, json: twoLevels, expect: forbidden },
  { row: 149, as: 'N', request: 'GET P/protected_environments', expect: noProject },
];

const groupCases: Case[] = [
  {
    row: 149,
    as: 'M',
    request: 'POST /api/v4/groups/group%2Fsub/protected_environments',
    json: { name: 'staging', deploy_access_levels: [{ access_level: 40 }] },
    expect: { status: 201, holds: { name: 'staging', deploy_access_levels: [maintainers] } },
    after: async (world) => {
      await world.db.query.updateTable('environments').set({ tier: 'staging' }).where('id', '=', 3).execute();
      const stop = await sendAs(world, 'D', { request: 'POST P/environments/3/stop' });
      expect([stop.status, stop.json]).toEqual([403, { message: '403 Forbidden' }]);
      const again = await sendAs(world, 'M', {
        request: 'POST /api/v4/groups/group%2Fsub/protected_environments',
        json: { name: 'staging', deploy_access_levels: [{ access_level: 40 }] },
      });
      expect([again.status, again.json]).toEqual([409, { message: "Protected environment 'staging' already exists" }]);
    },
  },
  {
    row: 149,
    as: 'M',
    request: 'POST /api/v4/groups/group%2Fsub/protected_environments',
    json: { name: 'gold', deploy_access_levels: [{ access_level: 40 }] },
    expect: unprocessable(['Name must be one of environment tiers: production, staging, testing, development, other.']),
  },
  { row: 149, as: 'D', request: 'GET /api/v4/groups/group%2Fsub/protected_environments', expect: forbidden },
  {
    row: 149,
    as: 'M',
    request: 'GET /api/v4/groups/nope/protected_environments',
    expect: { status: 404, json: { message: '404 Group Not Found' } },
  },
];

/** A deployment that waits for one maintainer. */
async function waiting(world: World): Promise<void> {
  const { db, repo } = world;
  await report(db, { repo, by: await callerOf(db, 'dora', 'developer'), status: 'running' });
  await db.query.updateTable('deployments').set({ status: 'blocked' }).execute();
  const wanted = { ...twoLevels, approval_rules: [{ access_level: 40 }] };
  await sendAs(world, 'M', { request: post, json: wanted });
}

const approval = 'POST P/deployments/1/approval';

const approvalCases: Case[] = [
  {
    row: 147,
    as: 'M',
    given: waiting,
    request: approval,
    json: { status: 'approved', comment: 'Looks good', represented_as: 'Maintainers' },
    expect: {
      status: 201,
      json: {
        user: expect.objectContaining({ username: 'maintainer' }) as unknown,
        status: 'approved',
        created_at: '2026-01-15T12:00:00.250Z',
        comment: 'Looks good',
      },
    },
    after: async (world) => {
      const { json } = await sendAs(world, 'M', { request: 'GET P/deployments/1' });
      const approvals = [{ status: 'approved', comment: 'Looks good', user: { username: 'maintainer' } }];
      expect(json).toMatchObject({
        status: 'created',
        pending_approval_count: 0,
        approvals,
        approval_summary: { rules: [{ access_level: 40, required_approvals: 1, deployment_approvals: approvals }] },
      });
    },
  },
  {
    row: 147,
    as: 'R',
    given: waiting,
    request: approval,
    json: { status: 'approved' },
    expect: {
      status: 400,
      json: {
        message: "You don't have permission to approve this deployment. Contact the project or group owner for help.",
      },
    },
  },
  { row: 147, as: 'G', given: waiting, request: approval, json: { status: 'approved' }, expect: forbidden },
  {
    row: 147,
    as: 'M',
    given: waiting,
    request: approval,
    json: { status: 'maybe' },
    expect: { status: 400, json: { error: 'status does not have a valid value' } },
  },
  { row: 147, as: 'M', request: approval, json: { status: 'approved' }, expect: notFound },
];

const weekend = 'freeze_start=0 23 * * 5&freeze_end=0 7 * * 1&cron_timezone=UTC';
const period = { freeze_start: '0 23 * * 5', freeze_end: '0 7 * * 1', cron_timezone: 'UTC' };
const times = { created_at: '2026-01-15T12:00:00.250Z', updated_at: '2026-01-15T12:00:00.250Z' };
const frozen = (world: World) => sendAs(world, 'M', { request: 'POST P/freeze_periods', form: weekend });
const open = ({ db }: World) => db.query.updateTable('repos').set({ visibility: 'public' }).execute();

const freezeCases: Case[] = [
  {
    row: 150,
    as: 'M',
    request: 'POST P/freeze_periods',
    form: weekend,
    expect: { status: 201, json: { id: 1, ...period, ...times } },
  },
  {
    row: 150,
    as: 'M',
    request: 'POST P/freeze_periods',
    json: { freeze_start: '0 23 * * 5', freeze_end: '0 7 * * 1' },
    expect: { status: 201, holds: { cron_timezone: 'UTC' } },
  },
  {
    row: 150,
    as: 'R',
    given: frozen,
    request: 'GET P/freeze_periods',
    expect: { status: 200, json: [{ id: 1, ...period, ...times }], headers: { 'x-total': '1' } },
  },
  { row: 150, as: 'R', given: frozen, request: 'GET P/freeze_periods/1', expect: { status: 200, holds: { id: 1 } } },
  { row: 150, as: 'R', request: 'GET P/freeze_periods/1', expect: notFound },
  {
    row: 150,
    as: 'M',
    given: frozen,
    request: 'PUT P/freeze_periods/1',
    form: 'freeze_end=0 8 * * 1',
    expect: { status: 200, holds: { freeze_start: '0 23 * * 5', freeze_end: '0 8 * * 1' } },
  },
  { row: 150, as: 'M', given: frozen, request: 'DELETE P/freeze_periods/1', expect: { status: 204, text: '' } },
  { row: 150, as: 'M', request: 'DELETE P/freeze_periods/1', expect: notFound },
  {
    row: 151,
    as: 'M',
    request: 'POST P/freeze_periods',
    form: 'freeze_start=0 23 * * 5',
    expect: { status: 400, json: { error: 'freeze_end is missing' } },
  },
  {
    row: 152,
    as: 'M',
    request: 'POST P/freeze_periods',
    form: 'freeze_start=0 23 * * 5&freeze_end=0 0 0 * *',
    expect: invalid({ freeze_end: [' is invalid syntax'] }),
  },
  {
    row: 152,
    as: 'M',
    request: 'POST P/freeze_periods',
    form: `${weekend}&cron_timezone=Atlantis`,
    expect: invalid({ cron_timezone: ['syntax is invalid'] }),
  },
  { row: 153, as: 'D', request: 'POST P/freeze_periods', form: weekend, expect: forbidden },
  { row: 153, as: 'D', given: frozen, request: 'DELETE P/freeze_periods/1', expect: forbidden },
  { row: 154, as: 'N', given: open, request: 'GET P/freeze_periods', expect: forbidden },
  { row: 154, as: 'N', request: 'GET P/freeze_periods', expect: noProject },
  {
    row: 154,
    as: 'M',
    given: ({ db }) => insertRepo(db, 'other/repo'),
    request: 'GET /api/v4/projects/3/freeze_periods',
    expect: { status: 200, json: [] },
  },
];

describeCases('the cases of protected environments', protectionCases);
describeCases('the cases of protected tiers', groupCases);
describeCases('the cases of approvals', approvalCases);
describeCases('the cases of freeze periods', freezeCases);
