import { type Selectable, sql } from 'kysely';
import type { DbHandle, InstancesTable, TasksTable, Tx } from '../db/index.ts';

export type TaskRow = Selectable<TasksTable>;

export async function insertTask(
  db: DbHandle,
  task: Pick<TasksTable, 'kind' | 'group_key' | 'dedupe_key' | 'payload' | 'run_at' | 'created_at'>,
): Promise<void> {
  const values = { ...task, lease_owner: null, lease_until: null, last_error: null };
  await db.query
    .insertInto('tasks')
    .values(values)
    .onConflict((conflict) => conflict.column('dedupe_key').doNothing())
    .execute();
}

export type Claim = {
  readonly owner: string;
  readonly kinds: readonly string[];
  /** Tasks the owner still works on, whatever became of their leases: it must not meet itself. */
  readonly inHand: readonly number[];
  readonly limit: number;
  readonly now: number;
  /** Leases that ended before this are over. */
  readonly overBefore: number;
  readonly leaseMs: number;
};

/**
 * Claims up to `limit` tasks that are due and not leased: of a group only its oldest, and only while none of the others
 * is leased (of two that are put in side by side the later one may show first). The fence of a claimed task grows, which
 * takes the task from whoever held it before.
 */
export async function claimTasks(tx: Tx, claim: Claim): Promise<TaskRow[]> {
  const due = await tx.query
    .selectFrom('tasks')
    .select('id')
    .where('kind', 'in', claim.kinds)
    .where('run_at', '<=', claim.now)
    .where((where) => where.or([where('lease_until', 'is', null), where('lease_until', '<', claim.overBefore)]))
    .$if(claim.inHand.length > 0, (query) => query.where('id', 'not in', claim.inHand))
    .where(({ or, eb, not, exists, selectFrom }) =>
      or([
        eb('group_key', 'is', null),
        not(
          exists(
            selectFrom('tasks as other')
              .select('other.id')
              .whereRef('other.group_key', '=', 'tasks.group_key')
              .whereRef('other.id', '!=', 'tasks.id')
              .where((where) =>
                where.or([
                  where('other.id', '<', where.ref('tasks.id')),
                  where('other.lease_until', '>=', claim.overBefore),
                ]),
              ),
          ),
        ),
      ]),
    )
    .orderBy('run_at')
    .orderBy('id')
    .limit(claim.limit)
    .$if(tx.engine.rowLocks, (query) => query.forUpdate().skipLocked())
    .execute();
  if (due.length === 0) return [];
  return tx.query
    .updateTable('tasks')
    .set({
      lease_owner: claim.owner,
      lease_until: claim.now + claim.leaseMs,
      fence: sql`fence + 1`,
      attempts: sql`attempts + 1`,
    })
    .where(
      'id',
      'in',
      due.map((task) => task.id),
    )
    .returningAll()
    .execute();
}

/**
 * Extends the leases of these tasks where the owner has them; returns which it still holds. Others are left to run out:
 * a claim whose answer was lost on its way, or a task that could not be given back, is nobody's work.
 */
export async function renewLeases(
  db: DbHandle,
  renewal: { owner: string; inHand: readonly number[]; until: number },
): Promise<{ id: number; fence: number }[]> {
  return db.query
    .updateTable('tasks')
    .set({ lease_until: renewal.until })
    .where('id', 'in', renewal.inHand)
    .where('lease_owner', '=', renewal.owner)
    .returning(['id', 'fence'])
    .execute();
}

/** Deletes a task that is done; false when somebody else has it now. */
export async function deleteHeld(db: DbHandle, task: { id: number; fence: number }): Promise<boolean> {
  const result = await db.query
    .deleteFrom('tasks')
    .where('id', '=', task.id)
    .where('fence', '=', task.fence)
    .executeTakeFirst();
  return result.numDeletedRows > 0n;
}

/** Gives a task back, to run again from `runAt` on; nothing when somebody else has it now. */
export async function updateReturned(
  db: DbHandle,
  task: { id: number; fence: number },
  change: { runAt: number; error: string },
): Promise<void> {
  await db.query
    .updateTable('tasks')
    .set({ run_at: change.runAt, last_error: change.error, lease_owner: null, lease_until: null })
    .where('id', '=', task.id)
    .where('fence', '=', task.fence)
    .execute();
}

/** True while the fence is ours; holds the row, so that it stays true until the transaction ends. */
export async function selectHeldForUpdate(tx: Tx, task: { id: number; fence: number }): Promise<boolean> {
  const row = await tx.query
    .selectFrom('tasks')
    .select('id')
    .where('id', '=', task.id)
    .where('fence', '=', task.fence)
    .$if(tx.engine.rowLocks, (query) => query.forUpdate())
    .executeTakeFirst();
  return row !== undefined;
}

/** When the next task that nobody holds becomes due; undefined when there is none. */
export async function selectNextDue(db: DbHandle, kinds: readonly string[]): Promise<number | undefined> {
  const row = await db.query
    .selectFrom('tasks')
    .select('run_at')
    .where('kind', 'in', kinds)
    .where('lease_owner', 'is', null)
    .orderBy('run_at')
    .limit(1)
    .executeTakeFirst();
  return row?.run_at;
}

/** Makes due at `now` what nobody holds and is to run only after `latest`. */
export async function hasten(
  db: DbHandle,
  { kinds, now, latest }: { readonly kinds: readonly string[]; readonly now: number; readonly latest: number },
): Promise<void> {
  await db.query
    .updateTable('tasks')
    .set({ run_at: now })
    .where('kind', 'in', kinds)
    .where('lease_owner', 'is', null)
    .where('run_at', '>', latest)
    .execute();
}

/** Takes the leases of these owners away, so that their tasks can be claimed at once. */
export async function clearLeases(db: DbHandle, owners: readonly string[]): Promise<void> {
  await db.query
    .updateTable('tasks')
    .set({ lease_owner: null, lease_until: null, fence: sql`fence + 1` })
    .where('lease_owner', 'in', owners)
    .execute();
}

export async function insertInstance(db: DbHandle, instance: InstancesTable): Promise<void> {
  await db.query.insertInto('instances').values(instance).execute();
}

export async function updateInstance(
  db: DbHandle,
  id: string,
  change: Partial<Pick<InstancesTable, 'seen_at' | 'stopped_at'>>,
): Promise<void> {
  await db.query.updateTable('instances').set(change).where('id', '=', id).execute();
}

export async function selectDataDirs(db: DbHandle, machine: string): Promise<string[]> {
  const rows = await db.query
    .selectFrom('instances')
    .select('data_dir')
    .distinct()
    .where('machine', '=', machine)
    .execute();
  return rows.map((row) => row.data_dir);
}

/** Instances that have not said that they stopped. */
export async function selectOpenInstances(db: DbHandle): Promise<Selectable<InstancesTable>[]> {
  return db.query.selectFrom('instances').selectAll().where('stopped_at', 'is', null).execute();
}
