import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Actor } from '../access/index.ts';
import { ensureSystemUser } from '../access/index.ts';
import type { Db } from '../db/index.ts';
import { openDatabase } from '../db/index.ts';
import { silentLog } from '../lib/log.ts';
import {
  acquireLock,
  findLocks,
  getApplyLock,
  holdApplyLock,
  type Lock,
  type LockHolder,
  listLocks,
  lockName,
  parseLockName,
  releaseApplyLock,
  releaseLock,
  releasePullLocks,
  releaseRunLock,
  takeManualLock,
} from './index.ts';

let db: Db;
let actor: Actor;
let repoId: number;

beforeEach(async () => {
  db = await openDatabase({ url: 'sqlite::memory:', log: silentLog() });
  actor = await ensureSystemUser(db, 'atlantis-api', 1);
  repoId = await insertRepo('acme/infra');
});
afterEach(() => db.close());

const project = (projectName = 'net', dir = 'network') => ({ repoId, dir, workspace: 'default', projectName });
const run = (runId: number): LockHolder => ({ kind: 'run', runId });
const acquire = (holder: LockHolder, place = project()) =>
  db.transaction((tx) => acquireLock(tx, place, { holder, actor, now: 5 }));

describe('acquireLock', () => {
  it('keeps a second run out and says who has the lock', async () => {
    await acquire(run(1));
    const second = await acquire(run(2));
    expect(second).toMatchObject({
      kind: 'blocked',
      by: { holder: { kind: 'run', runId: 1 }, repoFullName: 'acme/infra' },
    });
  });

  it('gives a run its own lock again', async () => {
    const first = await acquire(run(1));
    expect(first).toMatchObject({ kind: 'held', fresh: true });
    expect(await acquire(run(1))).toEqual({ ...first, fresh: false });
  });

  it('gives one of many that ask at once the lock', async () => {
    const results = await Promise.all(Array.from({ length: 20 }, (_, index) => acquire(run(index + 1))));
    expect(results.filter((result) => result.kind === 'held')).toHaveLength(1);
  });

  it('lets another project of the same folder pass', async () => {
    await acquire(run(1));
    expect(await acquire(run(2), project('other'))).toMatchObject({ kind: 'held' });
  });

  it('never takes a manual lock for a run of the same number', async () => {
    await takeManualLock(db, project(), { note: 'hands off', actor, now: 1 });
    expect(await acquire({ kind: 'pull', pullNumber: 0, pullUrl: '', runId: 0 })).toMatchObject({ kind: 'blocked' });
  });
});

describe('takeManualLock', () => {
  it('without a project name keeps out every project of the folder', async () => {
    await takeManualLock(db, project(''), { note: 'migration', actor, now: 1 });
    expect(await acquire(run(1))).toMatchObject({ kind: 'blocked', by: { holder: { note: 'migration' } } });
  });

  it('is refused while a run works in the folder', async () => {
    await acquire(run(1));
    expect(await takeManualLock(db, project(''), { note: 'n', actor, now: 1 })).toMatchObject({ kind: 'blocked' });
  });

  it('is refused when there is one already', async () => {
    await takeManualLock(db, project(), { note: 'n', actor, now: 1 });
    expect(await takeManualLock(db, project(), { note: 'n', actor, now: 1 })).toMatchObject({ kind: 'blocked' });
  });
});

describe('releasing', () => {
  it('frees the project and keeps the record', async () => {
    const taken = await acquire(run(1));
    const lockId = taken.kind === 'held' ? taken.lockId : 0;
    expect(await db.transaction((tx) => releaseLock(tx, lockId, { actor, reason: 'done', now: 9 }))).toBe(true);
    expect(await listLocks(db)).toEqual([]);
    expect(await findLocks(db, 'acme/infra/network/default/net')).toMatchObject([
      { releasedAt: 9, releaseReason: 'done' },
    ]);
    expect(await acquire(run(2))).toMatchObject({ kind: 'held' });
  });

  it('of a run leaves the lock of another run alone', async () => {
    await acquire(run(1));
    const release = { runId: 2, actor, reason: 'done', now: 9 };
    await db.transaction((tx) => releaseRunLock(tx, project(), release));
    expect(await listLocks(db)).toHaveLength(1);
  });
});

describe('the locks of a pull request', () => {
  const pull = (pullNumber: number, runId = 1): LockHolder => ({ kind: 'pull', pullNumber, pullUrl: 'u', runId });
  const release = { reason: 'closed', now: 9 };
  const releaseOf = (...[pullNumber, name]: [number, string?]) =>
    db.transaction((tx) =>
      releasePullLocks(
        tx,
        { repoId, pullNumber, ...(name === undefined ? {} : { project: { ...project(name), name } }) },
        { ...release, actor },
      ),
    );

  it('let another run of the same pull request in', async () => {
    await acquire(pull(5, 1));
    expect(await acquire(pull(5, 2))).toMatchObject({ kind: 'held', fresh: false });
    expect(await acquire(pull(6, 3))).toMatchObject({ kind: 'blocked', by: { holder: { pullNumber: 5 } } });
  });

  it('are given back by the run that took them, and by no other', async () => {
    await acquire(pull(5, 1));
    await acquire(pull(5, 2));
    await db.transaction((tx) => releaseRunLock(tx, project(), { runId: 2, ...release, actor }));
    expect(await listLocks(db)).toHaveLength(1);
    await db.transaction((tx) => releaseRunLock(tx, project(), { runId: 1, ...release, actor }));
    expect(await listLocks(db)).toEqual([]);
  });

  it('are released all together, or that on one project alone, and told', async () => {
    await acquire(pull(5), project('a'));
    await acquire(pull(5), project('b'));
    await acquire(pull(6), project('c'));
    await acquire(run(5), project('d'));
    expect((await releaseOf(5, 'a')).map((lock) => lock.projectName)).toEqual(['a']);
    expect((await releaseOf(5)).map((lock) => lock.projectName)).toEqual(['b']);
    expect(await releaseOf(5)).toEqual([]);
    expect((await listLocks(db)).map((lock) => lock.projectName)).toEqual(['c', 'd']);
  });
});

describe('findLocks', () => {
  it.each([
    ['a repo in groups and a project name with a slash', 'a/b/c', 'x/y', 'net/eu'],
    ['an unnamed project in the root', 'acme/one', '.', ''],
  ])('finds a lock of %s by its name', async (_, ...[fullName, dir, projectName]) => {
    const place = { repoId: await insertRepo(fullName), dir, workspace: 'default', projectName };
    await acquire(run(1), place);
    const name = lockName({ ...place, repoFullName: fullName });
    expect(await findLocks(db, name)).toMatchObject([{ repoFullName: fullName, dir, projectName }]);
  });

  it('prefers the held lock over released ones of the same name', async () => {
    const old = await acquire(run(1));
    await db.transaction((tx) => releaseLock(tx, old.kind === 'held' ? old.lockId : 0, { actor, reason: 'r', now: 2 }));
    await acquire(run(2));
    expect(await findLocks(db, 'acme/infra/network/default/net')).toMatchObject([{ holder: { runId: 2 } }]);
  });

  it('finds those of every host that has a repo of that name, and with its host the one that is meant', async () => {
    const other = await insertRepo('acme/infra', 'git.example.com');
    await acquire(run(1));
    await acquire(run(2), { ...project(), repoId: other });
    const repos = async (name: string) => ((await findLocks(db, name)) as Lock[]).map((lock) => lock.repoId);
    expect(await repos('acme/infra/network/default/net')).toEqual([other, repoId]);
    expect(await repos('git.example.com/acme/infra/network/default/net')).toEqual([other]);
    expect(await repos('elsewhere.example/acme/infra/network/default/net')).toEqual([]);
  });

  it('knows nothing of a lock that never was', async () => {
    expect(await findLocks(db, 'acme/infra/x/default/')).toEqual([]);
  });

  it.each(['x', 'a/b/c/d', '', '////'])('calls %j malformed', async (name) => {
    expect(await findLocks(db, name)).toBe('malformed');
  });

  it('does not take long over a name of slashes', () => {
    expect(parseLockName('a/'.repeat(300)).length).toBeGreaterThan(0);
  });
});

describe('the global apply lock', () => {
  it('is held once, by whoever asked first', async () => {
    const held = await Promise.all([holdApplyLock(db, actor, 3), holdApplyLock(db, actor, 4)]);
    expect(new Set(held.map((lock) => lock.heldSince)).size).toBe(1);
    expect(await getApplyLock(db)).toEqual({ heldSince: held[0].heldSince, heldBy: 'atlantis-api' });
  });

  it('is released once', async () => {
    await holdApplyLock(db, actor, 3);
    expect(await releaseApplyLock(db, actor, 4)).toBe(true);
    expect(await releaseApplyLock(db, actor, 5)).toBe(false);
    expect(await getApplyLock(db)).toBeUndefined();
  });
});

async function insertRepo(fullName: string, host = 'local'): Promise<number> {
  const path = fullName.slice(0, fullName.lastIndexOf('/'));
  const group = await db.query
    .insertInto('groups')
    .values({ host, path, created_at: 1 })
    .onConflict((conflict) => conflict.columns(['host', 'path']).doUpdateSet({ created_at: 1 }))
    .returning('id')
    .executeTakeFirstOrThrow();
  const repo = { host, host_type: 'Local', full_name: fullName, group_id: group.id, created_at: 1 };
  return (await db.query.insertInto('repos').values(repo).returning('id').executeTakeFirstOrThrow()).id;
}
