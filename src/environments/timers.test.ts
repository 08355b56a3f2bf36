import { expect, it } from 'vitest';
import { insertRepo, succeedApply } from '../../test/support/applies.ts';
import { onCleanup } from '../../test/support/cleanup.ts';
import { describeDatabases, describePostgres } from '../../test/support/database.ts';
import { insertEnvironment } from '../../test/support/environments.ts';
import { recordingStopActions } from '../../test/support/stop-actions.ts';
import { waitFor } from '../../test/support/wait-for.ts';
import { ensureSystemUser } from '../access/index.ts';
import type { Db } from '../db/index.ts';
import { silentLog } from '../lib/log.ts';
import { listChanges } from './change-log.ts';
import { endStopAction } from './end-stop-action.ts';
import { noStopActions, type StopActions } from './stop-actions.ts';
import { findByIds } from './store.ts';
import { fireDue, startTimers } from './timers.ts';
import type { Environment } from './types.ts';
import { updateEnvironment } from './update-environment.ts';

const minute = 60_000;
const autoStop = { auto_stop_at: 1000, stop_due_at: 1000, stop_cause: 'its auto-stop time came' };

async function worldOf(db: Db, row: Parameters<typeof insertEnvironment>[2] = { name: 'review/a', ...autoStop }) {
  const repo = await insertRepo(db, 'acme/infra');
  const actor = await ensureSystemUser(db, 'polder', 1);
  const id = await insertEnvironment(db, repo, row);
  return {
    repo,
    id,
    actor,
    show: async () => (await findByIds(db, [id]))[0] as Environment,
    fire: (now: number, stopActions: StopActions = noStopActions) => fireDue({ db, now: () => now, stopActions }),
    log: async () => {
      const { changes } = await listChanges(db, id, { sort: 'asc', page: 1, perPage: 100 });
      return changes.map(({ kind, reason }) => [kind, reason]);
    },
  };
}

describeDatabases('the timers of environments', (open) => {
  it('stop an environment at its time, and not before', async () => {
    const { fire, show, log } = await worldOf(await open());
    expect(await fire(999)).toBe(0);
    expect((await show()).state).toBe('available');
    expect(await fire(1000)).toBe(1);
    expect(await show()).toMatchObject({ state: 'stopped', autoStopAt: null, stopDueAt: null, stopCause: null });
    expect(await log()).toEqual([['stopped', 'its auto-stop time came']]);
    expect(await fire(2000)).toBe(0);
  });

  it('start stop actions, and wait twice as long after each that failed', async () => {
    const db = await open();
    const { fire, show, actor, log } = await worldOf(db);
    const { stopActions, orders } = recordingStopActions('destroy');
    let now = 1000;
    const pauses: number[] = [];
    for (let attempt = 0; attempt < 4; attempt += 1) {
      expect(await fire(now, stopActions)).toBe(1);
      expect((await show()).state).toBe('stopping');
      const end = { actionId: orders.at(-1)?.actionId ?? 0, outcome: 'failed', message: null, actor, now } as const;
      await db.transaction((tx) => endStopAction(tx, end));
      const { stopDueAt, state, autoStopAt } = await show();
      expect([state, autoStopAt]).toEqual(['available', 1000]);
      pauses.push((stopDueAt ?? 0) - now);
      now = stopDueAt ?? 0;
    }
    expect(pauses).toEqual([minute, 2 * minute, 4 * minute, 8 * minute]);
    expect((await log()).slice(0, 2).map(([kind]) => kind)).toEqual(['stopping', 'stop_failed']);
  });

  it('give up a stop that takes too long', async () => {
    const { fire, show, log } = await worldOf(await open());
    await fire(1000, recordingStopActions('destroy').stopActions);
    const { stoppingUntil } = await show();
    expect(await fire((stoppingUntil ?? 0) - 1)).toBe(0);
    expect(await fire(stoppingUntil ?? 0)).toBe(1);
    expect(await show()).toMatchObject({ state: 'available', stoppingUntil: null, stopFailures: 1 });
    expect((await log()).at(-1)).toEqual(['stop_failed', 'its stop actions did not end in time']);
  });

  it('leave one alone that only a stop action may stop and that has none', async () => {
    const { fire, show, log } = await worldOf(await open(), {
      name: 'a',
      auto_stop_setting: 'with_action',
      ...autoStop,
    });
    await fire(1000);
    expect(await show()).toMatchObject({ state: 'available', autoStopAt: 1000, stopDueAt: null });
    expect((await log())[0]?.[0]).toBe('stop_skipped');
    expect(await fire(2000)).toBe(0);
  });

  it('keep a time that is to come when nothing could be done before', async () => {
    const asked = { stop_due_at: 1000, stop_cause: 'stale', auto_stop_at: 5000 };
    const { fire, show } = await worldOf(await open(), { name: 'a', auto_stop_setting: 'with_action', ...asked });
    await fire(1000);
    expect(await show()).toMatchObject({ state: 'available', autoStopAt: 5000, stopDueAt: 5000 });
    await fire(5000, recordingStopActions('destroy').stopActions);
    expect((await show()).state).toBe('stopping');
  });

  it('take it up again when the setting allows it', async () => {
    const db = await open();
    const row = { name: 'a', auto_stop_setting: 'with_action', ...autoStop };
    const { fire, show, repo, id, actor } = await worldOf(db, row);
    await fire(1000);
    const attributes = { autoStopSetting: 'always' } as const;
    await updateEnvironment(db, { repoId: repo.id, environmentId: id, attributes, actor, now: 2000 });
    await fire(2000);
    expect((await show()).state).toBe('stopped');
  });

  it('delete a stopped environment with its deployments at its time', async () => {
    const db = await open();
    const { repo, fire } = await worldOf(db);
    await succeedApply(db, { repo, project: { name: 'app', dir: '.', workspace: 'default' } }, 500);
    const due = { state: 'stopped', auto_delete_at: 3000 };
    await db.query.updateTable('environments').set(due).where('name', '=', 'app').execute();
    expect(await fire(2999)).toBe(1);
    expect(await fire(3000)).toBe(1);
    expect(await db.query.selectFrom('deployments').selectAll().execute()).toEqual([]);
    const left = await db.query.selectFrom('environments').select('name').execute();
    expect(left).toEqual([{ name: 'review/a' }]);
  });

  it('do not delete what was deployed to meanwhile', async () => {
    const db = await open();
    const row = { name: 'app', state: 'stopped', auto_delete_at: 3000 };
    const { repo, fire, show } = await worldOf(db, row);
    await succeedApply(db, { repo, project: { name: 'app', dir: '.', workspace: 'default' } }, 500);
    expect(await fire(3000)).toBe(0);
    expect(await show()).toMatchObject({ state: 'available', autoDeleteAt: null });
  });

  it('begin a lifetime anew with each deployment', async () => {
    const db = await open();
    const { repo, show, fire } = await worldOf(db, { name: 'app', auto_stop_in: 5000, ...autoStop });
    await succeedApply(db, { repo, project: { name: 'app', dir: '.', workspace: 'default' } }, 500);
    expect(await show()).toMatchObject({ autoStopAt: 5520, stopDueAt: 5520 });
    expect(await fire(5519)).toBe(0);
    expect(await fire(5520)).toBe(1);
  });

  it('do not stop a new deployment by a time that had come before it', async () => {
    const db = await open();
    const { repo, show, fire } = await worldOf(db, { name: 'app', ...autoStop });
    await fire(1000, recordingStopActions('destroy').stopActions);
    await succeedApply(db, { repo, project: { name: 'app', dir: '.', workspace: 'default' } }, 2000);
    expect(await show()).toMatchObject({ state: 'available', autoStopAt: null, stopDueAt: null, stoppingUntil: null });
  });

  it('fire while the loop runs, soon after their time, and those of many at once', async () => {
    const db = await open();
    const { repo, id } = await worldOf(db, { name: 'late' });
    const deps = { db, now: Date.now, log: silentLog(), stopActions: noStopActions };
    const names = Array.from({ length: 450 }, (_, index) => `review/${index}`);
    const at = Date.now() + 300;
    for (const name of names) {
      await insertEnvironment(db, repo, { name, auto_stop_at: at, stop_due_at: at, stop_cause: 'time' });
    }
    const timers = startTimers(deps);
    onCleanup(() => timers.stop());
    const soon = { auto_stop_at: Date.now() + 50, stop_due_at: Date.now() + 50 };
    await db.query.updateTable('environments').set(soon).where('id', '=', id).execute();
    await waitFor('all to be stopped', async () => {
      const left = await db.query.selectFrom('environments').select('id').where('state', '=', 'available').execute();
      return left.length === 0;
    });
    const { changes } = await listChanges(db, id, { sort: 'asc', page: 1, perPage: 100 });
    expect(changes.map(({ kind }) => kind)).toEqual(['stopped']);
    await timers.stop();
  });
});

describePostgres('the timers of several replicas', (open, databases) => {
  it('fire once', async () => {
    const url = await databases.create();
    const replicas = await Promise.all([open(url), open(url), open(url)]);
    const [db] = replicas;
    if (!db) throw new Error('no replica');
    const { repo } = await worldOf(db);
    const due = { auto_stop_at: 1000, stop_due_at: 1000, stop_cause: 'time' };
    for (let index = 0; index < 300; index += 1) await insertEnvironment(db, repo, { name: `a${index}`, ...due });
    const { stopActions, orders } = recordingStopActions('destroy');
    const drain = async (replica: Db) => {
      let fired = 0;
      for (;;) {
        const some = await fireDue({ db: replica, now: () => 2000, stopActions });
        if (some === 0) return fired;
        fired += some;
      }
    };
    await Promise.all(replicas.map(drain));
    await drain(db);
    const ids = orders.map(({ environment }) => environment.id);
    expect([ids.length, new Set(ids).size]).toEqual([301, 301]);
  });
});
