import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { type Db, openDatabase } from '../../src/db/index.ts';
import { silentLog } from '../../src/lib/log.ts';
import { startPostgres } from '../../test/support/postgres-server.ts';

export type ServerPlace = { readonly dataDir: string; readonly databaseUrl: string };

/** Runs `work` with a SQLite database, then with one of a PostgreSQL server that is started for it; both are empty. */
export async function onBothDatabases(dir: string, work: (place: ServerPlace) => Promise<void>): Promise<void> {
  console.log('\n-- SQLite');
  await work({ dataDir: join(dir, 'sqlite'), databaseUrl: `sqlite:${join(dir, 'bench.db')}` });
  // PostgreSQL runs as a user of its own, who has to get there.
  await chmod(dir, 0o755);
  const postgres = await startPostgres(dir);
  try {
    console.log(`\n-- PostgreSQL ${postgres.version}`);
    await postgres.sql('create database bench');
    await work({ dataDir: join(dir, 'postgres'), databaseUrl: postgres.url('bench') });
  } finally {
    await postgres.stop();
  }
}

export async function withDb<T>(url: string, work: (db: Db) => Promise<T>): Promise<T> {
  const db = await openDatabase({ url, log: silentLog() });
  try {
    return await work(db);
  } finally {
    await db.close();
  }
}
