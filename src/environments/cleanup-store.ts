import { sql } from 'kysely';
import type { Db, DbHandle, Tx } from '../db/index.ts';
import { toEnvironment } from './store.ts';
import type { Environment } from './types.ts';

/** Takes the lock of a repo's bulk deletions; false while somebody has it. */
export async function lockCleanup(
  tx: Tx,
  { repoId, until, now }: { readonly repoId: number; readonly until: number; readonly now: number },
): Promise<boolean> {
  const row = await tx.query
    .insertInto('environment_cleanups')
    .values({ repo_id: repoId, locked_until: until })
    .onConflict((conflict) =>
      conflict
        .column('repo_id')
        .doUpdateSet({ locked_until: until })
        .where('environment_cleanups.locked_until', '<=', now),
    )
    .returning('repo_id')
    .executeTakeFirst();
  return row !== undefined;
}

/** Gives the lock back, unless it is somebody else's by now. */
export async function unlockCleanup(db: Db, repoId: number, until: number): Promise<void> {
  await db.query
    .deleteFrom('environment_cleanups')
    .where('repo_id', '=', repoId)
    .where('locked_until', '=', until)
    .execute();
}

/** Stopped environments of a folder that nobody has scheduled for deletion, the oldest first; their rows are held. */
export async function selectDeletable(
  tx: Tx,
  where: { readonly repoId: number; readonly folder: string; readonly before: number; readonly limit: number },
): Promise<Environment[]> {
  const rows = await tx.query
    .selectFrom('environments')
    .selectAll()
    .where('repo_id', '=', where.repoId)
    .where('folder', '=', where.folder)
    // Written out, as in the index.
    .where('state', '=', sql.lit('stopped'))
    .where('auto_delete_at', 'is', sql.lit(null))
    .where('created_at', '<', where.before)
    .orderBy('created_at')
    .orderBy('id')
    .limit(where.limit)
    .$if(tx.engine.rowLocks, (query) => query.forUpdate())
    .execute();
  return rows.map(toEnvironment);
}

/** Available environments that were not changed since a time, after an id and in order of id. */
export async function selectUnchanged(
  handle: DbHandle,
  where: { readonly repoId: number; readonly before: number; readonly afterId: number; readonly limit: number },
): Promise<Pick<Environment, 'id' | 'name' | 'tier'>[]> {
  const rows = await handle.query
    .selectFrom('environments')
    .select(['id', 'name', 'tier'])
    .where('repo_id', '=', where.repoId)
    .where('state', '=', 'available')
    .where('updated_at', '<', where.before)
    .where('id', '>', where.afterId)
    .orderBy('id')
    .limit(where.limit)
    .execute();
  return rows.map((row) => ({ ...row, tier: row.tier as Environment['tier'] }));
}

/**
 * Those of these environments of which a deployment changed since a time. Asked for apart: in one query with the above,
 * PostgreSQL would read all deployments.
 */
export async function selectDeployedSince(
  handle: DbHandle,
  ids: readonly number[],
  since: number,
): Promise<ReadonlySet<number>> {
  if (ids.length === 0) return new Set();
  const rows = await handle.query
    .selectFrom('deployments')
    .select('environment_id')
    .distinct()
    .where('environment_id', 'in', [...ids])
    .where('updated_at', '>=', since)
    .execute();
  return new Set(rows.map((row) => row.environment_id));
}

/** Has the timer stop these now, except those that are no longer available and unchanged. Gives how many. */
export async function requestStops(
  tx: Tx,
  ids: readonly number[],
  request: { readonly cause: string; readonly before: number; readonly now: number },
): Promise<number> {
  const result = await tx.query
    .updateTable('environments')
    .set({ stop_due_at: request.now, stop_cause: request.cause })
    .where('id', 'in', [...ids])
    .where('state', '=', 'available')
    .where('updated_at', '<', request.before)
    .executeTakeFirst();
  return Number(result.numUpdatedRows);
}
