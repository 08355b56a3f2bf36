import type { ColumnDefinitionBuilder, ColumnDataType } from 'kysely';

/** How the two engines differ, as data, so that no other folder asks which engine it has. */
export type Engine = {
  readonly name: 'sqlite' | 'postgres';
  /** Type and definition of an id column: an integer that is never given twice, even after a deletion. */
  readonly idType: ColumnDataType;
  readonly id: (column: ColumnDefinitionBuilder) => ColumnDefinitionBuilder;
  readonly integerType: ColumnDataType;
  readonly blobType: ColumnDataType;
  /** Rows can be locked in a transaction; without it, a transaction already excludes all other writers. */
  readonly rowLocks: boolean;
};

export const sqliteEngine: Engine = {
  name: 'sqlite',
  idType: 'integer',
  id: (column) => column.primaryKey().autoIncrement(),
  integerType: 'integer',
  blobType: 'blob',
  rowLocks: false,
};

export const postgresEngine: Engine = {
  name: 'postgres',
  idType: 'bigint',
  id: (column) => column.primaryKey().generatedByDefaultAsIdentity(),
  integerType: 'bigint',
  blobType: 'bytea',
  rowLocks: true,
};
