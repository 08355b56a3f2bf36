import { optionsTable } from '../config/index.ts';
import { type Db, openDatabase } from '../db/index.ts';
import { createLog } from '../lib/log.ts';

/** Where the database is: the server's own options, read from the same flags, variables and configuration file. */
export const databaseFlags = {
  'data-dir': optionsTable['data-dir'],
  'database-url': optionsTable['database-url'],
  config: optionsTable.config,
} as const;

/** Runs `work` with the server's database, which is made when it is not there yet. Works beside a running server. */
export async function withDatabase<T>(databaseUrl: string, work: (db: Db) => Promise<T>): Promise<T> {
  const db = await openDatabase({ url: databaseUrl, log: createLog({ level: 'warn' }), poolSize: 1 });
  try {
    return await work(db);
  } finally {
    await db.close();
  }
}
