import type { Insertable, Selectable } from 'kysely';
import type { Actor } from '../access/index.ts';
import type { Command } from '../commands/index.ts';
import type { DbHandle, RunsTable, Tx } from '../db/index.ts';
import type { Run, RunEventKind, RunOrder, RunPull, RunState, Trigger } from './types.ts';

type RunRow = Selectable<RunsTable> & { actor_kind: Actor['kind']; actor_login: string };

function runQuery(db: DbHandle) {
  return db.query
    .selectFrom('runs')
    .innerJoin('users', 'users.id', 'runs.actor_id')
    .selectAll('runs')
    .select(['users.kind as actor_kind', 'users.login as actor_login']);
}

export async function insertRun(tx: Tx, run: Insertable<RunsTable>): Promise<number> {
  const { id } = await tx.query.insertInto('runs').values(run).returning('id').executeTakeFirstOrThrow();
  return id;
}

export async function selectRun(db: DbHandle, runId: number): Promise<Run | undefined> {
  const row = await runQuery(db).where('runs.id', '=', runId).executeTakeFirst();
  return row && toRun(row);
}

export async function selectRuns(
  db: DbHandle,
  filter: { repoId?: number; states?: readonly RunState[]; before?: number; limit: number },
): Promise<Run[]> {
  let query = runQuery(db).orderBy('runs.id', 'desc').limit(filter.limit);
  if (filter.repoId !== undefined) query = query.where('runs.repo_id', '=', filter.repoId);
  if (filter.states !== undefined) query = query.where('runs.state', 'in', filter.states);
  if (filter.before !== undefined) query = query.where('runs.id', '<', filter.before);
  return (await query.execute()).map(toRun);
}

/** The ids of the runs of a pull request that have not ended, oldest first. */
export async function selectOpenRunIds(
  db: DbHandle,
  pull: { readonly repoId: number; readonly pullNumber: number },
): Promise<number[]> {
  const rows = await db.query
    .selectFrom('runs')
    .select('id')
    .where('ended_at', 'is', null)
    .where('repo_id', '=', pull.repoId)
    .where('pull_number', '=', pull.pullNumber)
    .orderBy('id')
    .execute();
  return rows.map(({ id }) => id);
}

/** Those of the runs that are there, by id. */
export async function findRuns(db: DbHandle, ids: readonly number[]): Promise<Map<number, Run>> {
  if (ids.length === 0) return new Map();
  const rows = await runQuery(db)
    .where('runs.id', 'in', [...new Set(ids)])
    .execute();
  return new Map(rows.map((row) => [row.id, toRun(row)]));
}

export async function selectRunByKey(
  db: DbHandle,
  key: { actorId: number; key: string },
): Promise<{ id: number; digest: string | null } | undefined> {
  return db.query
    .selectFrom('runs')
    .select(['id', 'idempotency_digest as digest'])
    .where('actor_id', '=', key.actorId)
    .where('idempotency_key', '=', key.key)
    .executeTakeFirst();
}

/** The repos that had a run accepted since this time. */
export async function selectReposRunSince(db: DbHandle, since: number): Promise<number[]> {
  const query = db.query.selectFrom('runs').select('repo_id').distinct().where('created_at', '>=', since);
  return (await query.execute()).map((row) => row.repo_id);
}

export async function countRunningRuns(db: DbHandle): Promise<number> {
  const { count } = await db.query
    .selectFrom('runs')
    .select((select) => select.fn.countAll<number>().as('count'))
    .where('ended_at', 'is', null)
    .where('state', '=', 'running')
    .executeTakeFirstOrThrow();
  return count;
}

/** Changes a run that is in state `from`; false when it is in another by now. */
export async function updateRun(
  tx: Tx,
  run: { id: number; from: RunState },
  change: { state: RunState; started_at?: number; ended_at?: number },
): Promise<boolean> {
  const result = await tx.query
    .updateTable('runs')
    .set(change)
    .where('id', '=', run.id)
    .where('state', '=', run.from)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** Notes the wish to cancel, once; false when the run has ended or the wish was there already. */
export async function updateCancelRequested(
  tx: Tx,
  runId: number,
  wish: { actorId: number; now: number },
): Promise<boolean> {
  const result = await tx.query
    .updateTable('runs')
    .set({ cancel_requested_at: wish.now, cancel_actor_id: wish.actorId })
    .where('id', '=', runId)
    .where('ended_at', 'is', null)
    .where('cancel_requested_at', 'is', null)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** The login of whoever asked to cancel the run. */
export async function selectCancelledBy(db: DbHandle, runId: number): Promise<string | undefined> {
  const row = await db.query
    .selectFrom('runs')
    .innerJoin('users', 'users.id', 'runs.cancel_actor_id')
    .select('users.login')
    .where('runs.id', '=', runId)
    .executeTakeFirst();
  return row?.login;
}

export async function insertEvent(
  tx: Tx,
  event: { runId: number; jobId: number | null; kind: RunEventKind; data: object; now: number },
): Promise<void> {
  await tx.query
    .insertInto('run_events')
    .values({
      run_id: event.runId,
      job_id: event.jobId,
      kind: event.kind,
      data: JSON.stringify(event.data),
      created_at: event.now,
    })
    .execute();
}

const usualOrder: RunOrder = { parallel: true, abortOnFail: false };

function toRun(row: RunRow): Run {
  return {
    id: row.id,
    kind: row.kind as Run['kind'],
    state: row.state as RunState,
    repoId: row.repo_id,
    ref: row.ref,
    refKind: row.ref_kind,
    commitSha: row.commit_sha,
    baseBranch: row.base_branch,
    pullNumber: row.pull_number,
    pull: row.pull === null ? null : (JSON.parse(row.pull) as RunPull),
    order: row.job_order === null ? usualOrder : (JSON.parse(row.job_order) as RunOrder),
    command: JSON.parse(row.command) as Command,
    trigger: JSON.parse(row.trigger) as Trigger,
    actor: { id: row.actor_id, kind: row.actor_kind, login: row.actor_login },
    createdAt: row.created_at,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    cancelRequestedAt: row.cancel_requested_at,
  };
}
