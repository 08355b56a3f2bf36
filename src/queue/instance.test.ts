import { describe, expect, it } from 'vitest';
import { onCleanup } from '../../test/support/cleanup.ts';
import { describeDatabases, describePostgres } from '../../test/support/database.ts';
import { openDatabase } from '../db/index.ts';
import type { ProcessIdentity } from '../exec/index.ts';
import { silentLog } from '../lib/log.ts';
import { enqueue } from './enqueue.ts';
import { deregisterInstance, type Instance, type InstanceDeps, registerInstance } from './instance.ts';
import { claimTasks } from './store.ts';

const first: ProcessIdentity = { pid: 11, startedAt: '1', machine: 'here' };
const second: ProcessIdentity = { pid: 12, startedAt: '2', machine: 'here' };

/** Deps that know which processes live. */
function depsOf(db: InstanceDeps['db'], living: readonly ProcessIdentity[]): InstanceDeps {
  return { db, now: Date.now, isAlive: (one) => living.some((other) => other.pid === one.pid) };
}

async function openInstances(db: InstanceDeps['db']): Promise<number[]> {
  const rows = await db.query.selectFrom('instances').select('pid').where('stopped_at', 'is', null).execute();
  return rows.map((row) => row.pid);
}

describeDatabases('registerInstance', (open) => {
  it('puts an end to the record of one that died', async () => {
    const db = await open();
    await registerInstance(depsOf(db, [first]), first, '/data');
    await registerInstance(depsOf(db, [second]), second, '/data');
    expect(await openInstances(db)).toEqual([second.pid]);
  });

  it('takes no notice of one that ended by itself', async () => {
    const db = await open();
    const deps = depsOf(db, [first, second]);
    await deregisterInstance(deps, await registerInstance(deps, first, '/data'));
    await registerInstance(deps, second, '/data');
    expect(await openInstances(db)).toEqual([second.pid]);
  });
});

describeDatabases('deregisterInstance', (open) => {
  it('leaves what was claimed and not done to the next one, which need not wait for it', async () => {
    const db = await open();
    const deps = depsOf(db, [first, second]);
    await db.transaction((tx) => enqueue(tx, { kind: 'work', payload: {} }, Date.now()));
    const claim = ({ id }: Instance) =>
      db.transaction((tx) =>
        claimTasks(tx, {
          owner: id,
          kinds: ['work'],
          inHand: [],
          limit: 1,
          now: Date.now(),
          overBefore: 0,
          leaseMs: 30_000,
        }),
      );
    const ending = await registerInstance(deps, first, '/data');
    const [task] = await claim(ending);
    await deregisterInstance(deps, ending);
    const [again] = await claim(await registerInstance(deps, second, '/data'));
    expect(again?.id).toBe(task?.id);
  });
});

describe('registerInstance (sqlite alone)', () => {
  it('refuses a second server on the same file, naming the first', async () => {
    const db = await openDatabase({ url: 'sqlite::memory:', log: silentLog() });
    onCleanup(() => db.close());
    const deps = depsOf(db, [first, second]);
    await registerInstance(deps, first, '/data');
    await expect(registerInstance(deps, second, '/data')).rejects.toMatchObject({
      code: 'database_in_use',
      message: expect.stringContaining('the server with process id 11 already uses this database') as string,
    });
    expect(await openInstances(db)).toEqual([first.pid]);
  });

  it('takes over from a server of another container, which cannot be alive beside this one', async () => {
    const db = await openDatabase({ url: 'sqlite::memory:', log: silentLog() });
    onCleanup(() => db.close());
    await registerInstance(depsOf(db, [first]), { ...first, machine: 'there' }, '/data');
    await registerInstance(depsOf(db, [first, second]), second, '/data');
    expect(await openInstances(db)).toEqual([second.pid]);
  });
});

describePostgres('registerInstance', (open) => {
  it('lets servers of several machines be there together', async () => {
    const db = await open();
    await registerInstance(depsOf(db, []), { ...first, machine: 'there' }, '/data');
    await registerInstance(depsOf(db, [second]), second, '/data');
    expect(await openInstances(db)).toEqual([first.pid, second.pid]);
  });
});
