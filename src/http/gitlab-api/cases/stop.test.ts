import { expect } from 'vitest';
import { acceptApply, succeedApply } from '../../../../test/support/applies.ts';
import { insertEnvironment, protect } from '../../../../test/support/environments.ts';
import { type Case, describeCases, sendAs } from '../../../../test/support/gitlab-api-cases.ts';
import { now, type World } from '../../../../test/support/gitlab-api-world.ts';
import { recordingStopActions } from '../../../../test/support/stop-actions.ts';
import { endStopAction, fireDue } from '../../../environments/index.ts';

const day = 86_400_000;
const notFound = { status: 404, json: { message: '404 Not found' } };
const noProject = { status: 404, json: { message: '404 Project Not Found' } };
const forbidden = { status: 403, json: { message: '403 Forbidden' } };
const invalidDate = { status: 400, json: { message: '400 Bad request - Invalid Date' } };
const accepted = { status: 200, holds: { message: 'Successfully requested stop for all stale environments' } };

async function stateOf(world: World, id: number): Promise<string> {
  const { json } = await sendAs(world, 'M', { request: `GET P/environments/${id}` });
  return (json as { state: string }).state;
}

async function withActions(world: World) {
  const recorded = recordingStopActions('destroy');
  world.setStopActions(recorded.stopActions);
  return recorded;
}

async function endAction(world: World, outcome: 'succeeded' | 'failed'): Promise<void> {
  const { id } = await world.db.query.selectFrom('stop_actions').select('id').executeTakeFirstOrThrow();
  const actor = { id: 1, kind: 'system', login: 'polder' } as const;
  await world.db.transaction((tx) => endStopAction(tx, { actionId: id, outcome, message: null, actor, now }));
}

const stop = 'POST P/environments/1/stop';
const stopped = { status: 200, holds: { id: 1, state: 'stopped', auto_stop_at: null, project: { id: 1 } } };
const withAction = ({ db }: World) =>
  db.query.updateTable('environments').set({ auto_stop_setting: 'with_action' }).where('id', '=', 1).execute();
const date = (time: number) => new Date(time).toISOString().slice(0, 10);
const weekAgo = date(now - 7 * day);

const cases: Case[] = [
  { row: 89, as: 'M', request: stop, expect: stopped },
  { row: 90, as: 'M', request: stop, json: null, expect: stopped },
  {
    row: 91,
    as: 'M',
    given: withActions,
    request: stop,
    expect: { status: 200, holds: { state: 'stopping' } },
    after: async (world) => {
      expect(await stateOf(world, 1)).toBe('stopping');
      await endAction(world, 'succeeded');
      expect(await stateOf(world, 1)).toBe('stopped');
    },
  },
  {
    row: 92,
    as: 'M',
    given: withActions,
    request: stop,
    expect: { status: 200, holds: { state: 'stopping' } },
    after: async (world) => {
      await endAction(world, 'failed');
      expect(await stateOf(world, 1)).toBe('available');
    },
  },
  ...[
    { json: { force: true } },
    { json: { force: 'true' } },
    { query: '?force=True', json: {} },
    { form: 'force=true' },
  ].map(
    ({ query = '', ...sent }: { query?: string; json?: unknown; form?: string }, at): Case => ({
      row: at === 0 ? 93 : 94,
      as: 'M',
      given: withActions,
      request: stop + query,
      ...sent,
      expect: stopped,
      after: async ({ db }) => expect(await db.query.selectFrom('stop_actions').selectAll().execute()).toEqual([]),
    }),
  ),
  {
    row: 95,
    as: 'M',
    request: 'POST P/environments/2/stop',
    expect: { status: 200, holds: { state: 'stopped', updated_at: '1970-01-01T00:00:01.000Z' } },
  },
  {
    row: 95,
    as: 'M',
    request: 'POST P/environments/2/stop?force=true',
    expect: { status: 200, holds: { state: 'stopped', updated_at: '1970-01-01T00:00:01.000Z' } },
  },
  {
    row: 96,
    as: 'M',
    given: withAction,
    request: stop,
    expect: { status: 200, holds: { state: 'available', updated_at: '1970-01-01T00:00:01.000Z' } },
  },
  { row: 97, as: 'M', given: withAction, request: `${stop}?force=true`, expect: stopped },
  { row: 98, as: 'M', request: 'POST P/environments/999999/stop', expect: notFound },
  { row: 99, as: 'N', request: stop, expect: noProject },
  { row: 100, as: 'R', request: stop, expect: forbidden },
  { row: 100, as: 'R', request: 'POST P/environments/999999/stop', expect: forbidden },
  { row: 101, as: 'M', request: `${stop}?force=maybe`, expect: { status: 400, json: { error: 'force is invalid' } } },
  { row: 102, as: 'M', request: `POST P/environments/stop_stale?before=${weekAgo}`, expect: accepted },
  { row: 103, as: 'M', request: 'POST P/environments/stop_stale?before=10%2F10%2F2021', expect: accepted },
  { row: 104, as: 'M', request: `POST P/environments/stop_stale?before=${date(now - day)}`, expect: invalidDate },
  { row: 105, as: 'M', request: 'POST P/environments/stop_stale?before=2001-01-01', expect: invalidDate },
  {
    row: 106,
    as: 'M',
    request: 'POST P/environments/stop_stale',
    expect: { status: 400, json: { error: 'before is missing' } },
  },
  {
    row: 107,
    as: 'M',
    request: 'POST P/environments/stop_stale?before=soon',
    expect: { status: 400, json: { error: 'before is invalid' } },
  },
  { row: 108, as: 'D', request: `POST P/environments/stop_stale?before=${weekAgo}`, expect: forbidden },
  { row: 109, as: 'N', request: `POST P/environments/stop_stale?before=${weekAgo}`, expect: noProject },
  {
    row: 110,
    as: 'M',
    given: async (world) => {
      await insertEnvironment(world.db, world.repo, { name: 'review/a' });
      await protect(world, 'production', 40);
    },
    request: `POST P/environments/stop_stale?before=${weekAgo}`,
    expect: { status: 200, holds: { requested: 2, skipped: 1 } },
    after: async (world) => {
      const { db } = world;
      await fireDue({ db, now: () => now, stopActions: async () => new Map() });
      expect([await stateOf(world, 1), await stateOf(world, 4)]).toEqual(['available', 'stopped']);
    },
  },
  {
    row: 111,
    as: 'M',
    given: async ({ db, repo }) => {
      const project = { name: 'production', dir: '.', workspace: 'default' };
      await succeedApply(db, { repo, project }, 2000);
      await acceptApply(db, { repo, project }, now - day);
      await db.query.updateTable('environments').set({ updated_at: 1000 }).execute();
    },
    request: `POST P/environments/stop_stale?before=${weekAgo}`,
    expect: { status: 200, holds: { requested: 1, skipped: 0 } },
    after: async (world) => {
      await fireDue({ db: world.db, now: () => now, stopActions: async () => new Map() });
      expect([await stateOf(world, 1), await stateOf(world, 3)]).toEqual(['available', 'stopped']);
    },
  },
];

describeCases('the cases of stopping environments', cases);
