import { expect, it } from 'vitest';
import { onCleanup } from '../../test/support/cleanup.ts';
import { describeDatabases } from '../../test/support/database.ts';
import { waitFor } from '../../test/support/wait-for.ts';
import { silentLog } from '../lib/log.ts';
import { enqueue } from './enqueue.ts';
import { startWorker } from './worker.ts';

describeDatabases('startWorker, when the clock is set back', (open) => {
  it('runs what was put in before', async () => {
    const db = await open();
    const seen: unknown[] = [];
    let ahead = 3_600_000;
    const now = () => Date.now() + ahead;
    const instance = { id: 'worker', identity: { pid: 1, startedAt: '1', machine: 'm' } };
    const deps = { db, now, isAlive: () => true, log: silentLog(), instance };
    const work = async () => {
      if (seen.push('tried') === 1) throw new Error('it does not go well yet');
    };
    const worker = startWorker(deps, { work }, { concurrency: 1 });
    onCleanup(() => worker.drain());
    await db.transaction((tx) => enqueue(tx, { kind: 'work', payload: {} }, now()));
    await waitFor('the first attempt', () => seen.length === 1 && worker.active() === 0);
    ahead = 0;
    await waitFor('the queue to be empty', async () => {
      return (await db.query.selectFrom('tasks').select('id').execute()).length === 0;
    });
    expect(seen).toEqual(['tried', 'tried']);
  });
});
