import type { Selectable } from 'kysely';
import type { DbHandle, FreezePeriodsTable, Tx } from '../../db/index.ts';
import type { FreezePeriod } from './types.ts';

export async function insertPeriod(tx: Tx, period: Omit<FreezePeriod, 'id' | 'updatedAt'>): Promise<FreezePeriod> {
  const row = await tx.query
    .insertInto('freeze_periods')
    .values({
      repo_id: period.repoId,
      ...columnsOf(period),
      created_at: period.createdAt,
      updated_at: period.createdAt,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  return toPeriod(row);
}

export async function updatePeriod(tx: Tx, period: FreezePeriod): Promise<void> {
  const columns = { ...columnsOf(period), updated_at: period.updatedAt };
  await tx.query.updateTable('freeze_periods').set(columns).where('id', '=', period.id).execute();
}

export async function deletePeriod(tx: Tx, id: number): Promise<void> {
  await tx.query.deleteFrom('freeze_periods').where('id', '=', id).execute();
}

/** The period of that id in the repo. */
export async function findFreezePeriod(
  handle: DbHandle,
  repoId: number,
  id: number,
): Promise<FreezePeriod | undefined> {
  const rows = handle.query.selectFrom('freeze_periods').selectAll().where('repo_id', '=', repoId);
  const row = await rows.where('id', '=', id).executeTakeFirst();
  return row && toPeriod(row);
}

/** Oldest first; all of them unless told otherwise. */
export async function listFreezePeriods(
  handle: DbHandle,
  repoId: number,
  page?: { readonly offset: number; readonly limit: number },
): Promise<FreezePeriod[]> {
  let rows = handle.query.selectFrom('freeze_periods').selectAll().where('repo_id', '=', repoId);
  rows = rows.orderBy('created_at').orderBy('id');
  if (page) rows = rows.offset(page.offset).limit(page.limit);
  return (await rows.execute()).map(toPeriod);
}

export async function countFreezePeriods(handle: DbHandle, repoId: number): Promise<number> {
  const rows = handle.query.selectFrom('freeze_periods').where('repo_id', '=', repoId);
  return Number((await rows.select(({ fn }) => fn.countAll<number>().as('n')).executeTakeFirstOrThrow()).n);
}

function columnsOf(period: Pick<FreezePeriod, 'freezeStart' | 'freezeEnd' | 'cronTimezone'>) {
  return {
    freeze_start: period.freezeStart,
    freeze_end: period.freezeEnd,
    cron_timezone: period.cronTimezone,
  };
}

function toPeriod(row: Selectable<FreezePeriodsTable>): FreezePeriod {
  return {
    id: row.id,
    repoId: row.repo_id,
    freezeStart: row.freeze_start,
    freezeEnd: row.freeze_end,
    cronTimezone: row.cron_timezone,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
