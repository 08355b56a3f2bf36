import { EventEmitter } from 'node:events';
import { Kysely, sql } from 'kysely';
import { errorText, PolderError } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import { databaseOf } from './database-url.ts';
import { isDiskFull, isRetryable } from './driver-errors.ts';
import { type Engine, postgresEngine, sqliteEngine } from './engine.ts';
import { groupCommits, type RunTransaction } from './group-commit.ts';
import { migrate } from './migrate.ts';
import type { Schema } from './schema.ts';
import { sqliteDialect } from './sqlite.ts';
import type { Db, DbHandle, Tx } from './types.ts';

export { withoutPassword } from './database-url.ts';
export { isDiskFull, isUniqueViolation } from './driver-errors.ts';
export { type DatabaseInspection, inspectDatabase } from './inspect-database.ts';
export { type NoticeWaiter, noticeWaiter } from './notices.ts';
export type * from './schema.ts';
export type * from './types.ts';

export type DatabaseOptions = {
  /** `sqlite:<path>`, `sqlite::memory:` or `postgres://…` / `postgresql://…`. */
  url: string;
  log: Log;
  poolSize?: number;
};

const pgChannel = 'polder';

/** Opens the database and brings its schema up to date. Throws `database_unavailable` with the reason. */
export async function openDatabase(options: DatabaseOptions): Promise<Db> {
  const { shown, sqlitePath } = databaseOf(options.url);
  try {
    return sqlitePath === null ? await openPostgres(options) : await openSqlite(sqlitePath);
  } catch (error) {
    throw new PolderError('database_unavailable', `opening the database ${shown}: ${errorText(error)}`, {
      cause: error,
    });
  }
}

/**
 * Holds the row until the transaction ends, so that a decision made from it stays true. Not `for no key update`: rows that
 * refer to it may be inserted meanwhile, and two transactions that did so first would wait for each other.
 */
export async function lockRow(
  tx: Tx,
  table: 'groups' | 'repos' | 'users' | 'runs' | 'jobs' | 'environments' | 'pulls',
  id: number,
): Promise<void> {
  if (tx.engine.rowLocks)
    await sql`select id from ${sql.table(table)} where id = ${id} for no key update`.execute(tx.query);
}

/** Throws why the database does not answer. */
export async function pingDatabase(db: DbHandle): Promise<void> {
  await sql`select 1`.execute(db.query);
}

async function openSqlite(path: string): Promise<Db> {
  const query = new Kysely<Schema>({ dialect: sqliteDialect(path) });
  await migrate(query, sqliteEngine);
  const local = localNotices();
  return assemble({
    engine: sqliteEngine,
    query,
    run: groupCommits(query),
    send: async (_query, channel, payload) => local.emit(channel, payload),
    sendOnCommit: true,
    listen: local.listen,
    close: async () => query.destroy(),
  });
}

async function openPostgres(options: DatabaseOptions): Promise<Db> {
  // The driver is a tenth of what a server loads, and most have no use for it.
  const { listenPostgres, postgresDialect } = await import('./postgres.ts');
  const query = new Kysely<Schema>({
    dialect: postgresDialect({ url: options.url, poolSize: options.poolSize ?? 10, log: options.log }),
  });
  try {
    await migrate(query, postgresEngine);
    const local = localNotices();
    const listener = await listenPostgres(
      { url: options.url, channel: pgChannel, log: options.log },
      (message) => local.emit(message.slice(0, message.indexOf(' ')), message.slice(message.indexOf(' ') + 1)),
      () => local.emitGap(),
    );
    return assemble({
      engine: postgresEngine,
      query,
      run: (change) => query.transaction().execute(change),
      send: async (handle, channel, payload) => {
        await sql`select pg_notify(${pgChannel}, ${`${channel} ${payload}`})`.execute(handle);
      },
      sendOnCommit: false,
      listen: local.listen,
      close: async () => {
        await listener.close();
        await query.destroy();
      },
    });
  } catch (error) {
    await query.destroy();
    throw error;
  }
}

type Parts = {
  engine: Engine;
  query: Kysely<Schema>;
  run: RunTransaction;
  send(query: Kysely<Schema>, channel: string, payload: string): Promise<unknown>;
  /** SQLite has no notices of its own: ours wait in memory for the commit. */
  sendOnCommit: boolean;
  listen: Db['listen'];
  close(): Promise<void>;
};

function assemble(parts: Parts): Db {
  const { engine, query } = parts;
  const once = async <T>(change: (tx: Tx) => Promise<T>): Promise<T> => {
    const waiting: [string, string][] = [];
    const result = await parts.run((trx) => {
      // Run again, it says everything anew.
      waiting.length = 0;
      return change({
        tx: true,
        engine,
        query: trx,
        notify: async (channel, payload) => {
          if (parts.sendOnCommit) waiting.push([channel, payload]);
          else await parts.send(trx, channel, payload);
        },
      });
    });
    for (const [channel, payload] of waiting) await parts.send(query, channel, payload);
    return result;
  };
  return {
    engine,
    query,
    notify: async (channel, payload) => {
      await parts.send(query, channel, payload);
    },
    transaction: async (change) => {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await once(change);
        } catch (error) {
          if (attempt < 5 && isRetryable(error)) continue;
          if (!isDiskFull(error)) throw error;
          throw new PolderError('disk_full', `writing to the database: ${errorText(error)}`, { cause: error });
        }
      }
    },
    listen: parts.listen,
    close: parts.close,
  };
}

function localNotices() {
  const emitter = new EventEmitter({ captureRejections: false });
  emitter.setMaxListeners(0);
  const gap = Symbol('gap');
  return {
    emit: (channel: string, payload: string) => emitter.emit(channel, payload),
    emitGap: () => emitter.emit(gap),
    listen: (channel: string, listener: (payload: string | undefined) => void) => {
      const onGap = () => listener(undefined);
      emitter.on(channel, listener);
      emitter.on(gap, onGap);
      return () => {
        emitter.off(channel, listener);
        emitter.off(gap, onGap);
      };
    },
  };
}
