import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { describe } from 'vitest';
import { type Db, openDatabase } from '../../src/db/index.ts';
import { silentLog } from '../../src/lib/log.ts';
import { onCleanup } from './cleanup.ts';
import { createPostgresDatabase } from './postgres.ts';
import { temporaryDir } from './temp.ts';

/** Opens a new, migrated database of the engine, or the one of `url`. It is closed when the test ends. */
export type OpenTestDatabase = (url?: string) => Promise<Db>;

export type TestDatabases = {
  readonly engine: 'sqlite' | 'postgres';
  /**
   * The URL of a new database that several processes may open (and, with PostgreSQL, several handles in this one);
   * removed when the test ends.
   */
  create(content?: 'migrated' | 'empty'): Promise<string>;
};

type Body = (open: OpenTestDatabase, databases: TestDatabases) => void;

/** Describes what must hold with each of the two engines. */
export function describeDatabases(name: string, body: Body): void {
  for (const databases of [sqlite, postgres]) describeDatabase(name, databases, body);
}

/** Describes what holds with PostgreSQL alone. */
export function describePostgres(name: string, body: Body): void {
  describeDatabase(name, postgres, body);
}

function describeDatabase(name: string, databases: TestDatabases, body: Body): void {
  // In memory is much faster to make; nobody else can open it, but then nobody else knows its URL.
  const unshared = async () => (databases.engine === 'sqlite' ? 'sqlite::memory:' : databases.create());
  // `npm run check` has no time for the second engine.
  const leftOut = databases.engine === 'postgres' && process.env.POLDER_TEST_DATABASES === 'sqlite';
  describe.skipIf(leftOut)(`${name} (${databases.engine})`, () => {
    body(async (url) => openUntilEnd(url ?? (await unshared())), databases);
  });
}

const sqlite: TestDatabases = {
  engine: 'sqlite',
  create: async () => `sqlite:${join(await temporaryDir(), `${randomUUID()}.db`)}`,
};

const postgres: TestDatabases = {
  engine: 'postgres',
  create: async (content = 'migrated') => {
    const { url, drop } = await createPostgresDatabase(content);
    onCleanup(drop);
    return url;
  },
};

async function openUntilEnd(url: string): Promise<Db> {
  const db = await openDatabase({ url, log: silentLog() });
  let closed: Promise<void> | undefined;
  const close = () => {
    closed ??= db.close();
    return closed;
  };
  onCleanup(close);
  return { ...db, close };
}
