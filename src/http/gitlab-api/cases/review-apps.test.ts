import { expect } from 'vitest';
import { insertEnvironment } from '../../../../test/support/environments.ts';
import { type Case, describeCases, sendAs } from '../../../../test/support/gitlab-api-cases.ts';
import { now, type World } from '../../../../test/support/gitlab-api-world.ts';

const day = 86_400_000;
const old = { created_at: now - 40 * day, updated_at: now - 40 * day };
const recent = { created_at: now - day, updated_at: now - day };

/** {review, other} x {old stopped, new stopped, old available}; the ids are 4 to 9. review/fix-foo is gone. */
async function sixEnvironments({ db, repo }: World): Promise<void> {
  await db.query.deleteFrom('environments').where('id', '=', 2).execute();
  for (const folder of ['review', 'other']) {
    await insertEnvironment(db, repo, { name: `${folder}/old`, state: 'stopped', ...old });
    await insertEnvironment(db, repo, { name: `${folder}/new`, state: 'stopped', ...recent });
    await insertEnvironment(db, repo, { name: `${folder}/used`, ...old });
  }
}

async function scheduledOf({ db }: World): Promise<Record<string, number>> {
  const rows = await db.query.selectFrom('environments').select(['name', 'auto_delete_at']).orderBy('id').execute();
  return Object.fromEntries(rows.flatMap(({ name, auto_delete_at: at }) => (at === null ? [] : [[name, at]])));
}

const path = 'DELETE P/environments/review_apps';
const oldReview = {
  status: 200,
  holds: {
    scheduled_entries: [{ id: 4, name: 'review/old', slug: 'review-old', external_url: null }],
    unprocessable_entries: [],
  },
};
const nothing = { status: 200, json: { scheduled_entries: [], unprocessable_entries: [] } };
const nested = (message: string) => ({ message: { scheduled_entries: [], unprocessable_entries: [], message } });
const wrongLimit = { status: 400, json: { error: 'limit does not have a valid value' } };

const cases: Case[] = [
  ...(['M', 'D'] as const).map(
    (as, at): Case => ({
      row: 112 + at,
      as,
      given: sixEnvironments,
      request: path,
      form: 'dry_run=false',
      expect: oldReview,
      after: async (world) => expect(await scheduledOf(world)).toEqual({ 'review/old': now + 7 * day }),
    }),
  ),
  {
    row: 114,
    as: 'M',
    given: sixEnvironments,
    request: path,
    expect: oldReview,
    after: async (world) => expect(await scheduledOf(world)).toEqual({}),
  },
  {
    row: 115,
    as: 'M',
    given: async (world) => {
      await sixEnvironments(world);
      await sendAs(world, 'M', { request: path, json: { dry_run: false } });
    },
    request: `${path}?dry_run=false`,
    expect: nothing,
  },
  {
    row: 116,
    as: 'R',
    request: path,
    expect: { status: 401, json: nested('You do not have permission to destroy environments in this project') },
  },
  { row: 117, as: 'N', request: path, expect: { status: 404, json: { message: '404 Project Not Found' } } },
  { row: 118, as: 'M', request: `${path}?limit=0`, expect: wrongLimit },
  { row: 118, as: 'M', request: `${path}?limit=1001`, expect: wrongLimit },
  {
    row: 119,
    as: 'M',
    given: async ({ db, repo }) => {
      await insertEnvironment(db, repo, { name: 'review/younger', state: 'stopped', created_at: now - 50 * day });
      await insertEnvironment(db, repo, { name: 'review/oldest', state: 'stopped', created_at: now - 60 * day });
      await db.query.updateTable('environments').set({ created_at: now }).where('id', '=', 2).execute();
    },
    request: path,
    json: { dry_run: false, limit: 1 },
    expect: { status: 200, holds: { scheduled_entries: [{ name: 'review/oldest' }] } },
    after: async (world) => expect(Object.keys(await scheduledOf(world))).toEqual(['review/oldest']),
  },
  {
    row: 120,
    as: 'M',
    given: ({ db, repo }) =>
      db.query
        .insertInto('environment_cleanups')
        .values({ repo_id: repo.id, locked_until: now + 1 })
        .execute(),
    request: path,
    expect: {
      status: 409,
      json: nested('Another process is already processing a delete request. Please retry later.'),
    },
  },
  {
    row: 121,
    as: 'M',
    request: 'GET P/environments/review_apps',
    expect: { status: 400, json: { error: 'environment_id is invalid' } },
  },
  {
    row: 122,
    as: 'M',
    request: 'PATCH P/environments/1',
    expect: { status: 405, json: { error: '405 Not Allowed' }, headers: { allow: 'OPTIONS, GET, HEAD, PUT, DELETE' } },
  },
];

describeCases('the cases of deleting review apps', cases);
