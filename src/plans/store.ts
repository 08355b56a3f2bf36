import type { Insertable, Selectable } from 'kysely';
import type { DbHandle, PlansTable, Tx } from '../db/index.ts';

export type PlanRow = Selectable<PlansTable>;

export async function insertPlan(tx: Tx, plan: Insertable<PlansTable>): Promise<number> {
  const { id } = await tx.query.insertInto('plans').values(plan).returning('id').executeTakeFirstOrThrow();
  return id;
}

export async function insertPlanFile(tx: Tx, planId: number, content: Uint8Array): Promise<void> {
  await tx.query.insertInto('plan_files').values({ plan_id: planId, content }).execute();
}

export async function selectPlan(db: DbHandle, planId: number): Promise<PlanRow | undefined> {
  return db.query.selectFrom('plans').selectAll().where('id', '=', planId).executeTakeFirst();
}

export async function selectPlanFile(db: DbHandle, planId: number): Promise<Uint8Array | undefined> {
  const row = await db.query
    .selectFrom('plan_files')
    .select('content')
    .where('plan_id', '=', planId)
    .executeTakeFirst();
  return row?.content;
}

/** The plans of a job whose files are still kept. */
export async function selectPlansOfJob(db: DbHandle, jobId: number): Promise<number[]> {
  const rows = await db.query
    .selectFrom('plans')
    .innerJoin('plan_files', 'plan_files.plan_id', 'plans.id')
    .select('plans.id')
    .where('plans.job_id', '=', jobId)
    .execute();
  return rows.map((row) => row.id);
}

export type LivePlan = {
  readonly planId: number;
  readonly jobId: number;
  readonly commitSha: string;
  readonly createdAt: number;
};

/** The plans of a pull request whose files are still kept, oldest first. */
export async function selectLivePlans(
  db: DbHandle,
  pull: { repoId: number; pullNumber: number; project?: { name: string; dir: string; workspace: string } },
): Promise<LivePlan[]> {
  let query = livePlans(db, pull)
    .select(['plans.id as planId', 'plans.job_id as jobId', 'plans.commit_sha as commitSha'])
    .select('plans.created_at as createdAt')
    .orderBy('plans.id');
  if (pull.project) {
    query = query
      .where('plans.dir', '=', pull.project.dir)
      .where('plans.workspace', '=', pull.project.workspace)
      .where('plans.project_name', '=', pull.project.name);
  }
  return query.execute();
}

export async function selectAnyLivePlan(
  db: DbHandle,
  place: { repoId: number; pullNumber: number; commitSha: string; workspace: string },
): Promise<boolean> {
  const row = await livePlans(db, place)
    .select('plans.id')
    .where('plans.commit_sha', '=', place.commitSha)
    .where('plans.workspace', '=', place.workspace)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

function livePlans(db: DbHandle, pull: { repoId: number; pullNumber: number }) {
  return db.query
    .selectFrom('plans')
    .where('plans.repo_id', '=', pull.repoId)
    .where('plans.pull_number', '=', pull.pullNumber)
    .where('plans.dropped_at', 'is', null);
}

export async function deletePlanFile(tx: Tx, planId: number, drop: { reason: string; now: number }): Promise<void> {
  await tx.query.deleteFrom('plan_files').where('plan_id', '=', planId).execute();
  await tx.query
    .updateTable('plans')
    .set({ dropped_at: drop.now, drop_reason: drop.reason })
    .where('id', '=', planId)
    .where('dropped_at', 'is', null)
    .execute();
}

export async function updateShowJson(db: DbHandle, planId: number, json: string): Promise<void> {
  await db.query.updateTable('plans').set({ show_json: json }).where('id', '=', planId).execute();
}

/** Empties what is kept beside plan files, of plans made before `time`, at most `limit` at once; says how many. */
export async function clearPlansBefore(tx: Tx, time: number, limit: number): Promise<number> {
  const old = tx.query
    .selectFrom('plans')
    .select('id')
    .where('created_at', '<', time)
    .where((is) => is.or([is('show_json', 'is not', null), is('lock_file', 'is not', null)]))
    .limit(limit);
  const { numUpdatedRows } = await tx.query
    .updateTable('plans')
    .set({ show_json: null, lock_file: null })
    .where('id', 'in', old)
    .executeTakeFirstOrThrow();
  return Number(numUpdatedRows);
}

/** Drops the files of plans made before `time`, at most `limit` at once; says how many. */
export async function deletePlanFilesBefore(
  tx: Tx,
  time: number,
  options: { limit: number; reason: string; now: number },
): Promise<number> {
  const old = await tx.query
    .selectFrom('plan_files')
    .innerJoin('plans', 'plans.id', 'plan_files.plan_id')
    .select('plans.id')
    .where('plans.created_at', '<', time)
    .limit(options.limit)
    .execute();
  for (const plan of old) await deletePlanFile(tx, plan.id, options);
  return old.length;
}
