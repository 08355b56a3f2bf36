import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { onCleanup } from '../../test/support/cleanup.ts';
import { describeDatabases, describePostgres, type OpenTestDatabase } from '../../test/support/database.ts';
import { createGate } from '../../test/support/gate.ts';
import { waitFor } from '../../test/support/wait-for.ts';
import type { Db } from '../db/index.ts';
import type { ProcessIdentity } from '../exec/index.ts';
import { silentLog } from '../lib/log.ts';
import { enqueue, type NewTask } from './enqueue.ts';
import { registerInstance } from './instance.ts';
import { claimTasks } from './store.ts';
import { type Handler, startWorker, type Worker, type WorkerOptions } from './worker.ts';

type Clock = { now: () => number; forward(ms: number): void };

function createClock(): Clock {
  let ahead = 0;
  return {
    now: () => Date.now() + ahead,
    forward: (ms) => {
      ahead += ms;
    },
  };
}

const here: ProcessIdentity = { pid: 1, startedAt: '1', machine: 'm' };

/** Starts a worker for tasks of the kind `work`; it is drained when the test ends. */
async function startWork(
  db: Db,
  work: Handler,
  options: Partial<WorkerOptions> & { clock?: Clock } = {},
): Promise<Worker> {
  const { clock = createClock(), ...rest } = options;
  const deps = { db, now: clock.now, isAlive: () => true };
  // SQLite takes one server; the workers of a test are parts of one.
  const instance =
    db.engine.name === 'sqlite'
      ? { id: `worker-${Math.random()}`, identity: here }
      : await registerInstance(deps, here, '/data');
  const worker = startWorker({ ...deps, log: silentLog(), instance }, { work }, { concurrency: 10, ...rest });
  onCleanup(() => worker.drain());
  return worker;
}

async function put(db: Db, task: Partial<NewTask> = {}): Promise<void> {
  await db.transaction((tx) => enqueue(tx, { kind: 'work', payload: {}, ...task }, Date.now()));
}

async function waiting(db: Db): Promise<number> {
  return (await db.query.selectFrom('tasks').select('id').execute()).length;
}

const empty = (db: Db) => waitFor('the queue to be empty', async () => (await waiting(db)) === 0);

describeDatabases('startWorker', (open: OpenTestDatabase) => {
  it('runs what was put in by a transaction that committed, and nothing else', async () => {
    const db = await open();
    const seen: unknown[] = [];
    await startWork(db, async (task) => void seen.push(task.payload.name));
    const undone = db.transaction(async (tx) => {
      await enqueue(tx, { kind: 'work', payload: { name: 'undone' } }, Date.now());
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    await put(db, { payload: { name: 'kept' } });
    await empty(db);
    expect(seen).toEqual(['kept']);
  });

  it('leaves tasks of other kinds alone', async () => {
    const db = await open();
    await startWork(db, async () => undefined);
    await put(db, { kind: 'other' });
    await put(db);
    await waitFor('the one to be done', async () => (await waiting(db)) === 1);
    expect(await db.query.selectFrom('tasks').select('kind').execute()).toEqual([{ kind: 'other' }]);
  });

  it('has no more tasks in hand than it may', async () => {
    const db = await open();
    let most = 0;
    const worker = await startWork(
      db,
      async () => {
        most = Math.max(most, worker.active());
        await db.transaction(async () => undefined);
      },
      { concurrency: 3 },
    );
    for (let count = 0; count < 20; count += 1) await put(db);
    await empty(db);
    expect(most).toBeLessThanOrEqual(3);
  });

  it('waits for the time of a task', async () => {
    const db = await open();
    const clock = createClock();
    const seen: number[] = [];
    await put(db, { runAt: Date.now() + 3_600_000 });
    await startWork(db, async () => void seen.push(clock.now()), { clock });
    await put(db, { kind: 'work', payload: { now: true } });
    await waitFor('the other one to be done', () => seen.length === 1);
    clock.forward(3_600_001);
    await db.notify('tasks', 'work');
    await empty(db);
    expect(seen).toHaveLength(2);
  });

  it('runs a task again, later and later, while its handler throws', async () => {
    const db = await open();
    const clock = createClock();
    const attempts: number[] = [];
    const pauses: number[] = [];
    await startWork(
      db,
      async (task) => {
        attempts.push(task.attempt);
        if (task.attempt < 4) throw new Error(`no ${task.attempt}`);
      },
      { clock },
    );
    await put(db);
    for (const attempt of [1, 2, 3]) {
      const row = await waitFor('the task to be put back', async () => {
        const rows = await db.query.selectFrom('tasks').selectAll().execute();
        return rows.find((task) => task.last_error === `no ${attempt}` && task.lease_owner === null);
      });
      pauses.push(row.run_at - clock.now());
      clock.forward(row.run_at - clock.now());
      await db.notify('tasks', 'work');
    }
    await empty(db);
    expect(attempts).toEqual([1, 2, 3, 4]);
    expect(pauses.map((pause) => Math.ceil(pause / 1000))).toEqual([1, 2, 4]);
  });

  it('runs the tasks of a group one after another, in their order', async () => {
    const db = await open();
    const seen: unknown[] = [];
    let running = 0;
    let most = 0;
    for (let number = 0; number < 8; number += 1) await put(db, { group: 'g', payload: { number } });
    await startWork(db, async (task) => {
      running += 1;
      most = Math.max(most, running);
      await db.transaction(async () => undefined);
      seen.push(task.payload.number);
      running -= 1;
    });
    await empty(db);
    expect({ seen, most }).toEqual({ seen: [0, 1, 2, 3, 4, 5, 6, 7], most: 1 });
  });

  it('puts a task back that went wrong while the database was away, as soon as it is there again', async () => {
    const db = await open();
    let failures = 0;
    // A query that is put in place of the one that puts tasks back.
    const query = new Proxy(db.query, {
      get: (target, name) => {
        if (name === 'updateTable' && failures < 2) {
          failures += 1;
          throw new Error('away');
        }
        const value: unknown = Reflect.get(target, name);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    const attempts: number[] = [];
    await startWork({ ...db, query }, async (task) => {
      attempts.push(task.attempt);
      if (task.attempt === 1) throw new Error('no');
    });
    await put(db);
    await empty(db);
    expect([attempts, failures]).toEqual([[1, 2], 2]);
  });

  it('keeps the order of a group when its first task has to run again', async () => {
    const db = await open();
    const seen: unknown[] = [];
    await put(db, { group: 'g', payload: { number: 1 } });
    await put(db, { group: 'g', payload: { number: 2 } });
    await startWork(db, async (task) => {
      seen.push(task.payload.number);
      if (task.attempt === 1 && task.payload.number === 1) throw new Error('once more');
    });
    await empty(db);
    expect(seen).toEqual([1, 1, 2]);
  });

  it('has one task of a key at a time', async () => {
    const db = await open();
    let runs = 0;
    await put(db, { dedupeKey: 'k' });
    await put(db, { dedupeKey: 'k' });
    await startWork(db, async () => {
      runs += 1;
    });
    await empty(db);
    await put(db, { dedupeKey: 'k' });
    await empty(db);
    expect(runs).toBe(2);
  });

  it('ends what is in hand when it drains, and takes nothing more', async () => {
    const db = await open();
    const { opened, open: finish } = createGate();
    const ended: unknown[] = [];
    const worker = await startWork(db, async (task) => {
      await opened;
      ended.push(task.payload.name);
    });
    await put(db, { payload: { name: 'in hand' } });
    await waitFor('the task to be in hand', () => worker.active() === 1);
    const drained = worker.drain();
    await put(db, { payload: { name: 'late' } });
    finish();
    await drained;
    expect(ended).toEqual(['in hand']);
    expect(await waiting(db)).toBe(1);
  });

  it('runs a task whose worker died as soon as the death is known', async () => {
    const db = await open();
    const dead = { ...here, pid: 2 };
    const deps = { db, now: Date.now, isAlive: (one: ProcessIdentity) => one.pid !== dead.pid };
    const lost = await registerInstance(deps, dead, '/data');
    await put(db);
    const claim = {
      owner: lost.id,
      kinds: ['work'],
      inHand: [],
      limit: 1,
      now: Date.now(),
      overBefore: 0,
      leaseMs: 3_600_000,
    };
    expect(await db.transaction((tx) => claimTasks(tx, claim))).toHaveLength(1);
    const attempts: number[] = [];
    await startWork(db, async (task) => void attempts.push(task.attempt));
    await registerInstance(deps, here, '/data');
    await db.notify('tasks', 'work');
    await empty(db);
    expect(attempts).toEqual([2]);
  });

  it('runs a task again that was claimed and never begun, once its lease has run out', async () => {
    const db = await open();
    let runs = 0;
    await put(db);
    const instance = { id: 'same', identity: here };
    const claim = {
      owner: 'same',
      kinds: ['work'],
      inHand: [],
      limit: 1,
      now: Date.now(),
      overBefore: 0,
      leaseMs: 200,
    };
    await db.transaction((tx) => claimTasks(tx, claim));
    const deps = { db, now: Date.now, isAlive: () => true, log: silentLog(), instance };
    const worker = startWorker(
      deps,
      {
        work: async () => {
          runs += 1;
        },
      },
      { concurrency: 1, leaseMs: 200 },
    );
    onCleanup(() => worker.drain());
    await empty(db);
    expect(runs).toBe(1);
  });

  it('does not begin a task that it has in hand when it has slept longer than its lease', async () => {
    const db = await open();
    const clock = createClock();
    const { opened, open: finish } = createGate();
    const attempts: number[] = [];
    const worker = await startWork(
      db,
      async (task) => {
        attempts.push(task.attempt);
        if (task.payload.name === 'long') await opened;
      },
      { clock },
    );
    await put(db, { payload: { name: 'long' } });
    await waitFor('the task to be in hand', () => worker.active() === 1);
    clock.forward(3_600_000);
    await put(db, { payload: { name: 'short' } });
    await waitFor('the other task to be done', async () => (await waiting(db)) === 1);
    finish();
    await empty(db);
    expect(attempts).toEqual([1, 1]);
  });
});

describePostgres('workers of several servers', (open, databases) => {
  it('run each task once', async () => {
    const url = await databases.create();
    const dbs = [await open(url), await open(url), await open(url)];
    const runs = new Map<unknown, number>();
    const [db] = dbs as [Db, Db, Db];
    await db.transaction(async (tx) => {
      for (let number = 0; number < 200; number += 1) {
        await enqueue(tx, { kind: 'work', payload: { number } }, Date.now());
      }
    });
    for (const one of dbs) {
      await startWork(one, async (task) => {
        runs.set(task.payload.number, (runs.get(task.payload.number) ?? 0) + 1);
        await one.transaction((tx) => task.assertHeld(tx));
      });
    }
    await empty(db);
    expect([...runs.values()]).toEqual(Array.from({ length: 200 }, () => 1));
  });

  it('keep the order of a group between them', async () => {
    const url = await databases.create();
    const dbs = [await open(url), await open(url)] as const;
    const seen: unknown[] = [];
    let running = 0;
    let most = 0;
    for (let number = 0; number < 20; number += 1) await put(dbs[0], { group: 'g', payload: { number } });
    for (const db of dbs) {
      await startWork(db, async (task) => {
        running += 1;
        most = Math.max(most, running);
        seen.push(task.payload.number);
        await db.transaction((tx) => task.assertHeld(tx));
        running -= 1;
      });
    }
    await empty(dbs[0]);
    expect({ seen, most }).toEqual({ seen: Array.from({ length: 20 }, (_, number) => number), most: 1 });
  });

  it('take over from one whose lease ran out, which then can write nothing', async () => {
    const url = await databases.create();
    const [hung, other] = [await open(url), await open(url)] as const;
    const { opened, open: wake } = createGate();
    const written: string[] = [];
    const lost: unknown[] = [];
    // It hangs: its clock and its renewals stand still, while those of the other server go on.
    const clock = createClock();
    await startWork(
      hung,
      async (task) => {
        await opened;
        await hung
          .transaction(async (tx) => {
            await task.assertHeld(tx);
            written.push('the one that hung');
          })
          .catch((error: unknown) => lost.push(error));
        throw new Error('it does not know how to go on');
      },
      { leaseMs: 3_600_000 },
    );
    await put(hung);
    await waitFor('the task to be claimed', async () => {
      const [task] = await other.query.selectFrom('tasks').select('lease_owner').execute();
      return task?.lease_owner;
    });
    clock.forward(2 * 3_600_000);
    await startWork(
      other,
      async (task) => {
        wake();
        await waitFor('the one that hung to come back', () => lost.length === 1);
        await other.transaction(async (tx) => {
          await task.assertHeld(tx);
          written.push('the one that took over');
        });
      },
      { clock, leaseMs: 300 },
    );
    await empty(other);
    expect(written).toEqual(['the one that took over']);
    expect(lost).toMatchObject([{ code: 'task_lost' }]);
  });

  it('leave what another one works on to it when the database was away for longer than its lease', async () => {
    const url = await databases.create();
    const [db, other] = [await open(url), await open(url)] as const;
    const { opened, open: finish } = createGate();
    const clock = createClock();
    let runs = 0;
    const work: Handler = async () => {
      runs += 1;
      await opened;
    };
    const options = { clock, leaseMs: 3000 };
    await put(db);
    const holder = await startWork(db, work, options);
    await waitFor('the task to be in hand', () => holder.active() === 1);
    const idler = await startWork(other, work, options);
    onCleanup(finish);
    // What both find when the database has answered neither of them for a minute.
    clock.forward(60_000);
    await other.notify('tasks', 'work');
    await waitFor('the lease to be renewed', async () => {
      const [task] = await other.query.selectFrom('tasks').select('lease_until').execute();
      return (task?.lease_until ?? 0) > clock.now();
    });
    expect([runs, idler.active()]).toEqual([1, 0]);
    finish();
    await empty(db);
  });

  it('are told when a task is theirs no more', async () => {
    const db = await open();
    const reasons: string[] = [];
    const worker = await startWork(
      db,
      (task) =>
        new Promise((resolve) => task.signal.addEventListener('abort', () => resolve(void reasons.push('told')))),
      { leaseMs: 300 },
    );
    await put(db);
    await waitFor('the task to be in hand', () => worker.active() === 1);
    await db.query
      .updateTable('tasks')
      .set({ lease_owner: 'another', lease_until: Date.now() + 60_000, fence: 99 })
      .execute();
    await waitFor('the task to be given up', () => worker.active() === 0);
    expect(reasons).toEqual(['told']);
    expect(await waiting(db)).toBe(1);
  });

  it('hold on to their tasks for as long as they work on them', async () => {
    const url = await databases.create();
    const dbs = [await open(url), await open(url)] as const;
    const { opened, open: finish } = createGate();
    let runs = 0;
    const work: Handler = async () => {
      runs += 1;
      await opened;
    };
    await put(dbs[0]);
    for (const db of dbs) await startWork(db, work, { leaseMs: 300 });
    const first = await waitFor('the first lease', async () => {
      const [task] = await dbs[0].query.selectFrom('tasks').select('lease_until').execute();
      return task?.lease_until;
    });
    await waitFor('three leases to have passed', () => Date.now() > first + 900);
    finish();
    await empty(dbs[0]);
    expect(runs).toBe(1);
  });

  it('do not give up a task that they claim while a renewal waits for the database', async () => {
    const url = await databases.create();
    const [db, other] = [await open(url), await open(url)] as const;
    const { opened, open: finish } = createGate();
    const aborted: unknown[] = [];
    const worker = await startWork(
      db,
      async (task) => {
        await opened;
        if (task.signal.aborted) aborted.push(task.payload.name);
      },
      { leaseMs: 3000 },
    );
    await put(db, { payload: { name: 'first' } });
    await waitFor('the first to be in hand', () => worker.active() === 1);
    const { opened: answered, open: answer } = createGate();
    const blocking = other.transaction(async (tx) => {
      await tx.query.selectFrom('tasks').selectAll().forUpdate().execute();
      await answered;
    });
    const renewals = sql<{ count: number }>`
      select count(*) as count from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    await waitFor('a renewal to wait', async () => (await renewals.execute(other.query)).rows[0]?.count === 1);
    await put(other, { payload: { name: 'second' } });
    await waitFor('the second to be in hand', () => worker.active() === 2);
    answer();
    await blocking;
    await waitFor('the next renewal', async () => {
      const tasks = await other.query.selectFrom('tasks').select('lease_until').execute();
      return tasks.length === 2 && new Set(tasks.map((task) => task.lease_until)).size === 1;
    });
    finish();
    await empty(db);
    expect(aborted).toEqual([]);
  });
});
