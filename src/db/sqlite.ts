import { closeSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSyncInstance } from '@photostructure/sqlite';
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  SqliteAdapter,
  type SqliteDatabase,
  SqliteDriver,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import { errorText } from '../lib/errors.ts';
import { makeFolder } from '../lib/make-folder.ts';
import { withoutNul } from './without-nul.ts';

const cachedStatements = 400;

/** Opens (and makes, with its folder, readable by the owner alone) a SQLite file; `:memory:` is a database for tests. */
export function sqliteDialect(path: string): Dialect {
  const driver = new ImmediateDriver({ database: async () => openFile(path) });
  return {
    createDriver: () => driver,
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createAdapter: () => new TransactionalAdapter(),
    createIntrospector: (db) => new SqliteIntrospector(db),
  };
}

function openFile(path: string): SqliteDatabase {
  if (path !== ':memory:') makePrivateFile(path);
  const file = new DatabaseSync(path);
  // The timeout comes first: programs that start together also wait for each other's change to WAL.
  // FULL: an acknowledged row survives a power cut; with NORMAL the newest ones may not.
  file.exec(
    'pragma busy_timeout = 10000; pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on',
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
        all: (parameters) => statement.all(...valuesOf(parameters)) as unknown[],
        run: (parameters) => statement.run(...valuesOf(parameters)),
        iterate: (parameters) => statement.iterate(...valuesOf(parameters)) as IterableIterator<unknown>,
      };
    },
  };
}

function valuesOf(parameters: readonly unknown[]): never[] {
  return withoutNul(parameters) as never[];
}

/** A transaction takes the write lock at its start: one that reads first could otherwise fail when it comes to write. */
class ImmediateDriver extends SqliteDriver {
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'));
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
