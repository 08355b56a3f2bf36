import { expect, it } from 'vitest';
import { insertRepo } from '../../test/support/applies.ts';
import { describeDatabases } from '../../test/support/database.ts';
import { insertEnvironment } from '../../test/support/environments.ts';
import { recordingStopActions } from '../../test/support/stop-actions.ts';
import { ensureSystemUser } from '../access/index.ts';
import type { Db } from '../db/index.ts';
import { listChanges } from './change-log.ts';
import { endStopAction } from './end-stop-action.ts';
import { noStopActions, type StopActions } from './stop-actions.ts';
import { stopEnvironment } from './stop-environment.ts';
import { findByIds } from './store.ts';
import type { AutoStopSetting, Environment, EnvironmentState } from './types.ts';

const hour = 3_600_000;

async function worldOf(db: Db) {
  const repo = await insertRepo(db, 'acme/infra');
  const actor = await ensureSystemUser(db, 'atlantis-api', 1);
  const id = await insertEnvironment(db, repo, { name: 'production' });
  const target = { repoId: repo.id, environmentId: id };
  const show = async () => (await findByIds(db, [id]))[0] as Environment;
  return {
    actor,
    id,
    show,
    stop: (stopActions: StopActions, force = false) =>
      stopEnvironment({ db, stopActions }, target, { force, actor, reason: 'asked for', now: 100 }),
    end: (actionId: number, outcome: 'succeeded' | 'failed', message: string | null = null) =>
      db.transaction((tx) => endStopAction(tx, { actionId, outcome, message, actor, now: 200 })),
    log: async () => {
      const { changes } = await listChanges(db, id, { sort: 'asc', page: 1, perPage: 100 });
      return changes.map(({ kind, reason }) => [kind, reason]);
    },
  };
}

describeDatabases('stopEnvironment', (open) => {
  type Row = [EnvironmentState, 'actions' | 'none', AutoStopSetting, 'force' | '', EnvironmentState];
  it.each<Row>([
    ['available', 'none', 'always', '', 'stopped'],
    ['available', 'actions', 'always', '', 'stopping'],
    ['available', 'actions', 'with_action', '', 'stopping'],
    ['available', 'none', 'with_action', '', 'available'],
    ['available', 'actions', 'always', 'force', 'stopped'],
    ['available', 'none', 'with_action', 'force', 'stopped'],
    ['stopping', 'actions', 'always', '', 'stopping'],
    ['stopping', 'actions', 'always', 'force', 'stopped'],
    ['stopped', 'actions', 'always', '', 'stopped'],
    ['stopped', 'none', 'always', 'force', 'stopped'],
  ])('makes one that is %s, with stop actions: %s, setting %s %s: %s', async (...row) => {
    const [state, actions, setting, force, after] = row;
    const db = await open();
    const { stop, show, id, log } = await worldOf(db);
    await db.query
      .updateTable('environments')
      .set({ state, auto_stop_setting: setting, auto_stop_at: 500, stop_due_at: state === 'available' ? 500 : null })
      .where('id', '=', id)
      .execute();
    const { stopActions, orders } = recordingStopActions('destroy');
    const result = await stop(actions === 'actions' ? stopActions : noStopActions, force === 'force');
    const changed = state !== after;
    const environment = await show();
    expect(result).toEqual({ kind: 'done', environment });
    expect(environment).toMatchObject({ state: after, updatedAt: changed ? 100 : 1000 });
    expect(orders.length).toBe(changed && after === 'stopping' ? 1 : 0);
    expect((await log()).map(([kind]) => kind)).toEqual(changed ? [after] : []);
    if (after === 'stopped' && changed) expect(environment).toMatchObject({ autoStopAt: null, stopDueAt: null });
  });

  it('keeps why it is stopping, and until when', async () => {
    const { stop, show } = await worldOf(await open());
    await stop(recordingStopActions('destroy').stopActions);
    expect(await show()).toMatchObject({ stoppingReason: 'asked for', stoppingUntil: 100 + hour, stopDueAt: null });
  });

  it('is stopped when all of its actions have succeeded', async () => {
    const { stop, show, end, log } = await worldOf(await open());
    const { stopActions, orders } = recordingStopActions('destroy', 'notify');
    await stop(stopActions);
    await end(orders[0]?.actionId ?? 0, 'succeeded');
    expect((await show()).state).toBe('stopping');
    await end(orders[1]?.actionId ?? 0, 'succeeded');
    expect(await show()).toMatchObject({ state: 'stopped', stoppingReason: null, stoppingUntil: null });
    expect(await log()).toEqual([
      ['stopping', 'asked for'],
      ['stopped', 'asked for'],
    ]);
  });

  it('is available again as soon as one action fails, whatever the others do', async () => {
    const { stop, show, end, log } = await worldOf(await open());
    const { stopActions, orders } = recordingStopActions('destroy', 'notify');
    await stop(stopActions);
    await end(orders[1]?.actionId ?? 0, 'failed', 'no network');
    await end(orders[0]?.actionId ?? 0, 'succeeded');
    expect(await show()).toMatchObject({ state: 'available', stoppingReason: null, stopFailures: 1 });
    expect((await log())[1]).toEqual(['stop_failed', 'the stop action notify failed: no network']);
  });

  it('can be stopped again after a failure, and the first actions count no more', async () => {
    const { stop, show, end } = await worldOf(await open());
    const { stopActions, orders } = recordingStopActions('destroy', 'notify');
    await stop(stopActions);
    await end(orders[0]?.actionId ?? 0, 'failed');
    await stop(stopActions);
    await end(orders[1]?.actionId ?? 0, 'failed');
    expect((await show()).state).toBe('stopping');
    for (const order of orders.slice(2)) await end(order.actionId, 'succeeded');
    expect((await show()).state).toBe('stopped');
  });

  it('ignores how an action ended that was told before, or that nobody knows', async () => {
    const { stop, show, end } = await worldOf(await open());
    const { stopActions, orders } = recordingStopActions('destroy');
    await stop(stopActions);
    await end(orders[0]?.actionId ?? 0, 'succeeded');
    await end(orders[0]?.actionId ?? 0, 'failed');
    await end(999, 'failed');
    expect((await show()).state).toBe('stopped');
  });

  it('starts nothing when the actor may not start an action', async () => {
    const { stop, show, log } = await worldOf(await open());
    const refusing: StopActions = async (_handle, { environments }) =>
      new Map(environments.map(({ id }) => [id, { kind: 'refused', reason: 'not yours' }]));
    expect(await stop(refusing)).toEqual({ kind: 'refused', reason: 'not yours' });
    expect((await show()).state).toBe('available');
    expect(await log()).toEqual([]);
  });

  it('starts the actions of one stop only, however many ask at once', async () => {
    const { stop, show } = await worldOf(await open());
    const { stopActions, orders } = recordingStopActions('destroy');
    await Promise.all(Array.from({ length: 8 }, () => stop(stopActions)));
    expect(orders).toHaveLength(1);
    expect((await show()).state).toBe('stopping');
  });
});
