import { setImmediate as nextTurn } from 'node:timers/promises';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { type Db, isUniqueViolation, lockRow, openDatabase } from '../../src/db/index.ts';
import { silentLog } from '../../src/lib/log.ts';
import { describeDatabases } from '../support/database.ts';
import { waitFor } from '../support/wait-for.ts';
import { addGroup, addRepo, groupIds } from './sample-rows.ts';

/** Everything that `db` hears on the channel, in order. */
function heard(db: Db, channel: string): (string | undefined)[] {
  const payloads: (string | undefined)[] = [];
  db.listen(channel, (payload) => payloads.push(payload));
  return payloads;
}

describeDatabases('rows', (open) => {
  it('never gives the id of a deleted row again', async () => {
    const db = await open();
    await addGroup(db);
    const last = await addGroup(db);
    await db.query.deleteFrom('groups').execute();

    expect(await addGroup(db)).toBeGreaterThan(last);
  });

  it('holds integers up to the largest that numbers can', async () => {
    const db = await open();
    const row = { host: 'local', path: 'a', created_at: Number.MAX_SAFE_INTEGER };
    await db.query.insertInto('groups').values(row).execute();

    expect(await db.query.selectFrom('groups').select(['path', 'created_at']).execute()).toEqual([
      { path: 'a', created_at: Number.MAX_SAFE_INTEGER },
    ]);
  });

  it('counts with numbers', async () => {
    const db = await open();
    await addGroup(db);
    const { count } = await db.query
      .selectFrom('groups')
      .select((row) => row.fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();

    expect(count).toBe(1);
  });

  it('keeps the bytes of a blob', async () => {
    const db = await open();
    const content = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    const version = {
      dir: '.',
      workspace: 'default',
      lineage: 'l',
      serial: 1,
      digest: 'd',
      job_id: null,
      created_at: 0,
    };
    const repo_id = await addRepo(db, await addGroup(db));
    await db.query
      .insertInto('state_versions')
      .values({ ...version, repo_id, content })
      .execute();
    const row = await db.query.selectFrom('state_versions').select('content').executeTakeFirstOrThrow();

    expect([...row.content]).toEqual([...content]);
  });

  it('takes a text with a NUL, which it writes in another way', async () => {
    const db = await open();
    const id = await addGroup(db, 'ev\0e');
    const row = await db.query.selectFrom('groups').selectAll().where('path', '=', 'ev\0e').executeTakeFirst();
    expect(row?.id).toBe(id);
    expect(row?.path).toBe('ev\uFFFDe');
  });

  it('tells that a row is there twice', async () => {
    const db = await open();
    await addGroup(db, 'acme');
    const error = await addGroup(db, 'acme').catch((thrown: unknown) => thrown);

    expect(isUniqueViolation(error)).toBe(true);
  });

  it('tells a reference to nothing from a row that is there twice', async () => {
    const db = await open();
    const error = await addRepo(db, 4711).catch((thrown: unknown) => thrown);

    expect(error).toBeInstanceOf(Error);
    expect(isUniqueViolation(error)).toBe(false);
  });
});

describeDatabases('transaction', (open) => {
  it('undoes everything when it throws', async () => {
    const db = await open();
    const change = db.transaction(async (tx) => {
      await addGroup(tx);
      throw new Error('changed my mind');
    });

    await expect(change).rejects.toThrow('changed my mind');
    expect(await groupIds(db)).toEqual([]);
  });

  it('leaves the database usable when a statement in it is refused', async () => {
    const db = await open();
    await addGroup(db, 'acme');
    const change = db.transaction(async (tx) => addGroup(tx, 'acme'));

    await expect(change).rejects.toSatisfy(isUniqueViolation);
    expect(await db.transaction(async (tx) => addGroup(tx, 'other'))).toBeGreaterThan(0);
  });

  it('loses no change of a row that each locks before it decides', async () => {
    const db = await open();
    const id = await addRepo(db, await addGroup(db));
    const countUp = () =>
      db.transaction(async (tx) => {
        await lockRow(tx, 'repos', id);
        const repos = tx.query.selectFrom('repos').select('last_deployment_iid').where('id', '=', id);
        const { last_deployment_iid: last } = await repos.executeTakeFirstOrThrow();
        await nextTurn();
        await tx.query
          .updateTable('repos')
          .set({ last_deployment_iid: last + 1 })
          .where('id', '=', id)
          .execute();
        return last + 1;
      });
    const given = await Promise.all(Array.from({ length: 50 }, countUp));

    expect(given.sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
  });
});

describeDatabases('notify', (open) => {
  it('is heard once the transaction has committed', async () => {
    const db = await open();
    const payloads = heard(db, 'runs');
    await db.transaction(async (tx) => {
      await tx.notify('runs', 'changed');
      await db.notify('runs', 'meanwhile');
      await waitFor('the notice from outside', () => payloads.length > 0);
      expect(payloads).toEqual(['meanwhile']);
    });
    await waitFor('the notice from inside', () => payloads.length > 1);

    expect(payloads).toEqual(['meanwhile', 'changed']);
  });

  it('is never heard when the transaction is undone', async () => {
    const db = await open();
    const payloads = heard(db, 'runs');
    const change = db.transaction(async (tx) => {
      await tx.notify('runs', 'undone');
      throw new Error('changed my mind');
    });
    await expect(change).rejects.toThrow('changed my mind');
    await db.notify('runs', 'later');
    await waitFor('the later notice', () => payloads.length > 0);

    expect(payloads).toEqual(['later']);
  });

  it('reaches the listeners of its channel alone', async () => {
    const db = await open();
    const [runs, tasks] = [heard(db, 'runs'), heard(db, 'tasks')];
    await db.notify('runs', 'with: spaces and "quotes"');
    await db.notify('tasks', '');
    await waitFor('both notices', () => runs.length + tasks.length === 2);

    expect({ runs, tasks }).toEqual({ runs: ['with: spaces and "quotes"'], tasks: [''] });
  });

  it('is not heard by who has stopped listening', async () => {
    const db = await open();
    const payloads: unknown[] = [];
    const stop = db.listen('runs', (payload) => payloads.push(payload));
    stop();
    const others = heard(db, 'runs');
    await db.notify('runs', 'changed');
    await waitFor('the notice', () => others.length > 0);

    expect(payloads).toEqual([]);
  });
});

describeDatabases('openDatabase', (open, { create }) => {
  it('keeps what is there when the schema is up to date', async () => {
    const url = await create();
    const first = await open(url);
    const id = await addGroup(first);
    await first.close();

    expect(await groupIds(await open(url))).toEqual([id]);
  });

  it('refuses a schema that a newer program made', async () => {
    const url = await create();
    const first = await open(url);
    await sql`insert into kysely_migration (name, timestamp) values ('9999-later', '2099-01-01')`.execute(first.query);
    await first.close();

    await expect(openDatabase({ url, log: silentLog() })).rejects.toMatchObject({
      code: 'database_unavailable',
      message: expect.stringContaining('9999-later') as string,
    });
  });
});
