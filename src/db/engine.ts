import { type ColumnDataType, type ColumnDefinitionBuilder, type Expression, sql } from 'kysely';

/** How the two engines differ, as data, so that no other folder asks which engine it has. */
export type Engine = {
  readonly name: 'sqlite' | 'postgres';
  /** Type and definition of an id column: an integer that is never given twice, even after a deletion. */
  readonly idType: ColumnDataType;
  readonly id: (column: ColumnDefinitionBuilder) => ColumnDefinitionBuilder;
  readonly integerType: ColumnDataType;
  readonly blobType: ColumnDataType;
  /** Text in the order of its bytes, so that an index finds what begins with something. */
  readonly keyType: ColumnDataType | Expression<string>;
  /** Rows can be locked in a transaction; without it, a transaction already excludes all other writers. */
  readonly rowLocks: boolean;
  /** Transactions take effect in the order in which they were begun, and those that come together are one commit. */
  readonly ordersTransactions: boolean;
};

export const sqliteEngine: Engine = {
  name: 'sqlite',
  idType: 'integer',
  id: (column) => column.primaryKey().autoIncrement(),
  integerType: 'integer',
  blobType: 'blob',
  keyType: 'text',
  rowLocks: false,
  ordersTransactions: true,
};

export const postgresEngine: Engine = {
  name: 'postgres',
  idType: 'bigint',
  id: (column) => column.primaryKey().generatedByDefaultAsIdentity(),
  integerType: 'bigint',
  blobType: 'bytea',
  keyType: sql`text collate "C"`,
  rowLocks: true,
  ordersTransactions: false,
};
