import { type Kysely, type Migration, Migrator } from 'kysely';
import type { Engine } from './engine.ts';
import { up as first } from './migrations/0001-first.ts';
import { up as pulls } from './migrations/0002-pulls.ts';
import type { Schema } from './schema.ts';

/** In order, and only ever added to: a migration that has been released is not edited. There is no way down. */
const migrations = { '0001-first': first, '0002-pulls': pulls };

/**
 * Brings the schema up to date, or throws and leaves it as it was. Replicas that start together take turns (Kysely
 * holds a lock for the time); a schema newer than this program is refused.
 */
export async function migrate(db: Kysely<Schema>, engine: Engine): Promise<void> {
  const bound: Record<string, Migration> = {};
  for (const [name, up] of Object.entries(migrations)) bound[name] = { up: (handle) => up(handle, engine) };
  const migrator = new Migrator({ db, provider: { getMigrations: async () => bound } });
  const { error } = await migrator.migrateToLatest();
  if (error) throw error;
}
