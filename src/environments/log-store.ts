import type { Insertable, Selectable } from 'kysely';
import type { DbHandle, EnvironmentEventsTable, Tx } from '../db/index.ts';

export async function insertLogEntries(tx: Tx, rows: readonly Insertable<EnvironmentEventsTable>[]): Promise<void> {
  if (rows.length > 0)
    await tx.query
      .insertInto('environment_events')
      .values([...rows])
      .execute();
}

/** A stretch of an environment's log, in ascending or descending order of id. */
export async function selectLogEntries(
  handle: DbHandle,
  environmentId: number,
  stretch: { readonly sort: 'asc' | 'desc'; readonly offset: number; readonly limit: number },
): Promise<Selectable<EnvironmentEventsTable>[]> {
  return handle.query
    .selectFrom('environment_events')
    .selectAll()
    .where('environment_id', '=', environmentId)
    .orderBy('id', stretch.sort)
    .offset(stretch.offset)
    .limit(stretch.limit)
    .execute();
}

/** How many entries there are, counting no further than `cap`. */
export async function countLogEntries(handle: DbHandle, environmentId: number, cap: number): Promise<number> {
  const some = handle.query
    .selectFrom('environment_events')
    .select('id')
    .where('environment_id', '=', environmentId)
    .limit(cap);
  const row = await handle.query
    .selectFrom(some.as('some'))
    .select(({ fn }) => fn.countAll<number>().as('n'))
    .executeTakeFirstOrThrow();
  return Number(row.n);
}
