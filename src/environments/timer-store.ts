import { sql } from 'kysely';
import type { DbHandle, Tx } from '../db/index.ts';
import { toEnvironment } from './store.ts';
import type { Environment } from './types.ts';

/** The columns that hold a time at which something is to be done; of each there is an index of the times that are set. */
type TimerColumn = 'stop_due_at' | 'auto_delete_at' | 'stopping_until';

/**
 * Up to `limit` environments whose time has come, the longest due first. Their rows are held, and those that another
 * replica holds are left to it.
 */
export async function claimDue(
  tx: Tx,
  column: TimerColumn,
  { now, limit }: { readonly now: number; readonly limit: number },
): Promise<Environment[]> {
  const rows = await tx.query
    .selectFrom('environments')
    .selectAll()
    .where(column, '<=', now)
    .orderBy(column)
    .orderBy('id')
    .limit(limit)
    .$if(tx.engine.rowLocks, (query) => query.forUpdate().skipLocked())
    .execute();
  return rows.map(toEnvironment);
}

/** When the next time comes, of all three kinds; undefined when none is set. */
export async function nextTime(handle: DbHandle): Promise<number | undefined> {
  const earliest = (column: TimerColumn) =>
    sql`(select min(${sql.ref(column)}) from environments where ${sql.ref(column)} is not null)`;
  const { rows } = await sql<Record<string, number | null>>`
    select ${earliest('stop_due_at')} as a, ${earliest('auto_delete_at')} as b, ${earliest('stopping_until')} as c
  `.execute(handle.query);
  const times = Object.values(rows[0] ?? {}).filter((time) => time !== null);
  return times.length === 0 ? undefined : Math.min(...times);
}
