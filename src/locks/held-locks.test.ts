import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { insertRepo } from '../../test/support/applies.ts';
import { type Actor, ensureSystemUser } from '../access/index.ts';
import { type Db, openDatabase } from '../db/index.ts';
import { silentLog } from '../lib/log.ts';
import { acquireLock, keepHeldLocks, listLocks, releaseLock } from './index.ts';

let db: Db;
let actor: Actor;
let repoId: number;

beforeEach(async () => {
  db = await openDatabase({ url: 'sqlite::memory:', log: silentLog() });
  actor = await ensureSystemUser(db, 'atlantis-api', 1);
  repoId = (await insertRepo(db, 'acme/infra')).id;
});
afterEach(() => db.close());

async function take(dir: string): Promise<number> {
  const project = { repoId, dir, workspace: 'default', projectName: '' };
  const claim = { holder: { kind: 'run', runId: 1 } as const, actor, now: 5 };
  const taken = await db.transaction((tx) => acquireLock(tx, project, claim));
  return taken.kind === 'held' ? taken.lockId : 0;
}

const release = (id: number) => db.transaction((tx) => releaseLock(tx, id, { actor, reason: 'done', now: 6 }));

describe('keepHeldLocks', () => {
  it('makes something of each lock once, and lists it while the lock is held', async () => {
    const made: string[] = [];
    const read = keepHeldLocks(db, (lock) => {
      made.push(lock.dir);
      return lock.dir;
    });
    expect(await read()).toEqual([]);
    await take('a');
    const second = await take('b');
    expect(await read()).toEqual(['a', 'b']);
    await take('c');
    await release(second);
    expect(await read()).toEqual(['a', 'c']);
    expect(made).toEqual(['a', 'b', 'c']);
  });

  it('gives the same array as long as the locks are the same', async () => {
    const read = keepHeldLocks(db, (lock) => lock.dir);
    await take('a');
    const before = await read();
    expect(await read()).toBe(before);
    await take('b');
    expect(await read()).not.toBe(before);
  });

  it('lists what was taken while it read', async () => {
    const read = keepHeldLocks(db, (lock) => lock.id);
    await Promise.all(['a', 'b', 'c', 'd'].map(async (dir) => [await take(dir), await read()]));
    expect(await read()).toEqual((await listLocks(db)).map((lock) => lock.id));
  });
});
