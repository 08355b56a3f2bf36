import { closeSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSyncInstance } from '@photostructure/sqlite';
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  SqliteAdapter,
  type SqliteDatabase,
  type SqliteDialectConfig,
  SqliteDriver,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import { errorText } from '../lib/errors.ts';
import { makeFolder } from '../lib/make-folder.ts';
import { createWalSync, type WalSync } from './wal-sync.ts';

const cachedStatements = 400;

export type SqliteFile = {
  readonly dialect: Dialect;
  /** Resolves when the transactions that have been committed would survive a power cut. */
  synced(): Promise<void>;
  close(): Promise<void>;
};

/** Opens (and makes, with its folder, readable by the owner alone) a SQLite file; `:memory:` is a database for tests. */
export function sqliteFile(path: string): SqliteFile {
  const wal = path === ':memory:' ? noSync : createWalSync(path);
  const driver = new ImmediateDriver({ database: async () => openFile(path) }, wal);
  return {
    dialect: {
      createDriver: () => driver,
      createQueryCompiler: () => new SqliteQueryCompiler(),
      createAdapter: () => new TransactionalAdapter(),
      createIntrospector: (db) => new SqliteIntrospector(db),
    },
    synced: wal.synced,
    close: wal.close,
  };
}

const noSync: WalSync = { synced: async () => undefined, close: async () => undefined };

function openFile(path: string): SqliteDatabase {
  if (path !== ':memory:') makePrivateFile(path);
  const file = new DatabaseSync(path);
  // The timeout comes first: programs that start together also wait for each other's change to WAL.
  // NORMAL: a power cut may take the newest commits, but never some of them only; `WalSync` brings them to the disk.
  file.exec(
    'pragma busy_timeout = 10000; pragma journal_mode = wal; pragma synchronous = normal; pragma foreign_keys = on',
  );
  return cachingStatements(file);
}

/** States and plans hold secrets. SQLite gives the files that it puts beside this one the same mode. */
function makePrivateFile(path: string): void {
  makeFolder(dirname(path), 'the database');
  closeSync(openSync(path, 'a', 0o600));
}

/** Kysely prepares a statement for every query; the cache makes that a map look-up. */
function cachingStatements(file: InstanceType<typeof DatabaseSync>): SqliteDatabase {
  const statements = new Map<string, { statement: StatementSyncInstance; reader: boolean }>();
  const lookUp = (sql: string) => {
    const known = statements.get(sql);
    if (known) return known;
    const statement = file.prepare(sql);
    const entry = { statement, reader: statement.columns().length > 0 };
    if (!/^\s*(create|alter|drop|pragma)/i.test(sql)) statements.set(sql, entry);
    const oldest = statements.size > cachedStatements ? statements.keys().next().value : undefined;
    if (oldest !== undefined) statements.delete(oldest);
    return entry;
  };
  return {
    close: () => file.close(),
    prepare: (sql) => {
      const { statement, reader } = lookUp(sql);
      return {
        reader,
        all: (parameters) => statement.all(...(parameters as never[])) as unknown[],
        run: (parameters) => statement.run(...(parameters as never[])),
        iterate: (parameters) => statement.iterate(...(parameters as never[])) as IterableIterator<unknown>,
      };
    },
  };
}

/**
 * A transaction takes the write lock at its start: one that reads first could otherwise fail when it comes to write. A
 * write outside of one is on the disk when it resolves; whoever commits a transaction sees to that himself, after the
 * connection is free for the next.
 */
class ImmediateDriver extends SqliteDriver {
  readonly #wal: WalSync;
  #inTransaction = false;
  #connection: DatabaseConnection | undefined;

  constructor(config: SqliteDialectConfig, wal: WalSync) {
    super(config);
    this.#wal = wal;
  }

  override async acquireConnection(): Promise<DatabaseConnection> {
    const connection = await super.acquireConnection();
    this.#connection ??= {
      executeQuery: async <R>(query: CompiledQuery) => {
        const result = await connection.executeQuery<R>(query);
        if (!this.#inTransaction && query.query.kind !== 'SelectQueryNode') await this.#wal.synced();
        return result;
      },
      streamQuery: (query, chunkSize) => connection.streamQuery(query, chunkSize),
    };
    return this.#connection;
  }

  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    this.#inTransaction = true;
    await connection.executeQuery(CompiledQuery.raw('begin immediate'));
  }

  override async releaseConnection(): Promise<void> {
    this.#inTransaction = false;
    await super.releaseConnection();
  }

  /** A full disk and some other errors end the transaction by themselves (https://www.sqlite.org/lang_transaction.html). */
  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    try {
      await super.rollbackTransaction(connection);
    } catch (error) {
      if (!errorText(error).includes('no transaction is active')) throw error;
    }
  }
}

/** SQLite can undo schema changes, so that a migration killed half-way leaves nothing behind. */
class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}
