import { join } from 'node:path';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { onCleanup } from '../../test/support/cleanup.ts';
import { createGate } from '../../test/support/gate.ts';
import { temporaryDir } from '../../test/support/temp.ts';
import { silentLog } from '../lib/log.ts';
import { type Db, openDatabase, type Tx } from './index.ts';

async function openIt(url: string): Promise<Db> {
  const db = await openDatabase({ url, log: silentLog() });
  onCleanup(() => db.close());
  return db;
}

const add = (tx: Tx, path: string) =>
  tx.query.insertInto('groups').values({ host: 'local', path, created_at: 1 }).execute();

async function paths(db: Db): Promise<string[]> {
  const rows = await db.query.selectFrom('groups').select('path').orderBy('id').execute();
  return rows.map(({ path }) => path);
}

describe('transactions that come together', () => {
  it('all come to their end, in the order of their coming', async () => {
    const db = await openIt('sqlite::memory:');
    const names = Array.from({ length: 250 }, (_none, index) => `g${index}`);
    const done = await Promise.all(names.map((name) => db.transaction((tx) => add(tx, name).then(() => name))));
    expect(done).toEqual(names);
    expect(await paths(db)).toEqual(names);
  });

  it('are committed with one commit, of which nobody hears before', async () => {
    const url = `sqlite:${join(await temporaryDir(), 'polder.db')}`;
    const [db, other] = [await openIt(url), await openIt(url)];
    const heard: string[] = [];
    const first = db.transaction((tx) => add(tx, 'a')).then(() => heard.push('a'));
    const seen = db.transaction(async (tx) => {
      await add(tx, 'b');
      return { heard: [...heard], committed: await paths(other) };
    });
    expect(await seen).toEqual({ heard: [], committed: [] });
    await first;
    expect(await paths(other)).toEqual(['a', 'b']);
  });

  it('fail alone', async () => {
    const db = await openIt('sqlite::memory:');
    const ends = await Promise.allSettled([
      db.transaction((tx) => add(tx, 'a')),
      db.transaction(async (tx) => {
        await add(tx, 'b');
        throw new Error('no b');
      }),
      db.transaction((tx) => add(tx, 'c')),
    ]);
    expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await paths(db)).toEqual(['a', 'c']);
  });

  it('say what they have to say once, although they ran twice', async () => {
    const db = await openIt('sqlite::memory:');
    const heard: (string | undefined)[] = [];
    db.listen('news', (text) => heard.push(text));
    await Promise.allSettled([
      db.transaction((tx) => tx.notify('news', 'a')),
      db.transaction(async (tx) => {
        await tx.notify('news', 'b');
        throw new Error('no b');
      }),
    ]);
    expect(heard).toEqual(['a']);
  });

  it('keep the rest apart from one that cannot be committed', async () => {
    const db = await openIt('sqlite::memory:');
    const { rows } = await sql<{ page_count: number }>`pragma page_count`.execute(db.query);
    await sql`pragma max_page_count = ${sql.lit((rows[0]?.page_count ?? 0) + 2)}`.execute(db.query);
    const ends = await Promise.allSettled([
      db.transaction((tx) => add(tx, 'a')),
      db.transaction((tx) => add(tx, 'x'.repeat(100_000))),
      db.transaction((tx) => add(tx, 'c')),
    ]);
    expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await paths(db)).toEqual(['a', 'c']);
  });

  it('keep no second connection of the same thread from writing', async () => {
    const url = `sqlite:${join(await temporaryDir(), 'polder.db')}`;
    const [db, other] = [await openIt(url), await openIt(url)];
    const names = Array.from({ length: 40 }, (_none, index) => `g${index}`);
    await Promise.all(names.map((name, index) => (index % 2 ? db : other).transaction((tx) => add(tx, name))));
    expect((await paths(db)).toSorted()).toEqual(names.toSorted());
  });

  it('leave others that only read their turn', async () => {
    const db = await openIt('sqlite::memory:');
    const { opened, open } = createGate();
    const writing = db.transaction(async (tx) => {
      await add(tx, 'a');
      await opened;
    });
    const reading = paths(db);
    open();
    const more = Array.from({ length: 300 }, (_none, index) => db.transaction((tx) => add(tx, `m${index}`)));
    expect((await reading).length).toBeLessThan(301);
    await Promise.all([writing, ...more]);
  });
});
