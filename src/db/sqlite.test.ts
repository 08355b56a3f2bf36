import { mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { onCleanup } from '../../test/support/cleanup.ts';
import { temporaryDir } from '../../test/support/temp.ts';
import { silentLog } from '../lib/log.ts';
import { type Db, openDatabase } from './index.ts';

async function openMemory(): Promise<Db> {
  const db = await openDatabase({ url: 'sqlite::memory:', log: silentLog() });
  onCleanup(() => db.close());
  return db;
}

const addGroup = (db: Pick<Db, 'query'>, path: string) =>
  db.query.insertInto('groups').values({ host: 'local', path, created_at: 1 }).execute();

/** Lets the database grow by so many pages more and no further, as a disk without space would. */
async function leavePages(db: Db, pages: number): Promise<void> {
  const { rows } = await sql<{ page_count: number }>`pragma page_count`.execute(db.query);
  await sql`pragma max_page_count = ${sql.lit((rows[0]?.page_count ?? 0) + pages)}`.execute(db.query);
}

describe('a full disk under SQLite', () => {
  it('is told as such, undoes the transaction, and is forgotten once there is space', async () => {
    const db = await openMemory();
    await leavePages(db, 1);
    const writing = db.transaction(async (tx) => {
      await addGroup(tx, 'small');
      await addGroup(tx, 'x'.repeat(100_000));
    });
    await expect(writing).rejects.toMatchObject({
      code: 'disk_full',
      message: 'writing to the database: database or disk is full',
    });
    await leavePages(db, 1000);
    await db.transaction((tx) => addGroup(tx, 'large'));
    expect(await db.query.selectFrom('groups').select('path').execute()).toEqual([{ path: 'large' }]);
  });
});

describe('the files of SQLite', () => {
  it.each(['.', 'new/folder'])('are for their owner alone, in %s too', async (place) => {
    const dir = await temporaryDir();
    await mkdir(join(dir, 'shared'), { mode: 0o755 });
    const folder = join(dir, 'shared', place);
    const db = await openDatabase({ url: `sqlite:${join(folder, 'polder.db')}`, log: silentLog() });
    onCleanup(() => db.close());
    const modes = await Promise.all(
      (await readdir(folder)).filter((name) => name.startsWith('polder.db')).map((name) => stat(join(folder, name))),
    );
    expect(modes.map(({ mode }) => mode & 0o777)).toEqual([0o600, 0o600, 0o600]);
  });
});
