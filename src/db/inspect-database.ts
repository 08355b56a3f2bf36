import { existsSync } from 'node:fs';
import { DatabaseSync } from '@photostructure/sqlite';
import { errorText, PolderError } from '../lib/errors.ts';
import { databaseOf } from './database-url.ts';

export type DatabaseInspection = {
  readonly engine: 'SQLite' | 'PostgreSQL';
  /** Of the program that keeps it. */
  readonly version: string;
  /** Too old for what is asked of it; null: it is not. */
  readonly wants: string | null;
  /** SQLite: the file that will be made when the server starts; null: it is there. */
  readonly missingFile: string | null;
};

/** The first PostgreSQL that the queries are written for. */
const oldestPostgres = 14;
const connectMs = 10_000;

/** Looks at a database without making or changing anything in it. Throws `database_unavailable`, without the password. */
export async function inspectDatabase(url: string): Promise<DatabaseInspection> {
  const { shown, sqlitePath } = databaseOf(url);
  try {
    return sqlitePath === null ? await inspectPostgres(url) : inspectSqlite(sqlitePath);
  } catch (error) {
    throw new PolderError('database_unavailable', `looking at the database ${shown}: ${errorText(error)}`, {
      cause: error,
    });
  }
}

async function inspectPostgres(url: string): Promise<DatabaseInspection> {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: connectMs, query_timeout: connectMs });
  // Without a listener, a connection that breaks later would end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ server_version: string }>('show server_version');
    const version = rows[0]?.server_version ?? '';
    const isOld = Number.parseInt(version, 10) < oldestPostgres;
    return { engine: 'PostgreSQL', version, wants: isOld ? String(oldestPostgres) : null, missingFile: null };
  } finally {
    await client.end();
  }
}

function inspectSqlite(path: string): DatabaseInspection {
  const isThere = path !== ':memory:' && existsSync(path);
  const file = isThere ? new DatabaseSync(path, { readOnly: true }) : new DatabaseSync(':memory:');
  try {
    // Reads the file's header, and thereby finds out that it is a database at all.
    file.prepare('select count(*) from sqlite_schema').get();
    const { version } = file.prepare('select sqlite_version() as version').get() as { version: string };
    return { engine: 'SQLite', version, wants: null, missingFile: isThere ? null : path };
  } finally {
    file.close();
  }
}
