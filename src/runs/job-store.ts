import { type Insertable, type Selectable, sql } from 'kysely';
import type { DbHandle, JobsTable, Tx } from '../db/index.ts';
import type { Project } from '../projects/index.ts';
import type { Job, JobOutcome, JobState } from './types.ts';

/** Inserts in portions: PostgreSQL takes at most 65,535 parameters a statement, SQLite 32,766. */
export async function insertJobs(tx: Tx, jobs: readonly Insertable<JobsTable>[]): Promise<void> {
  const portion = 500;
  for (let start = 0; start < jobs.length; start += portion) {
    await tx.query
      .insertInto('jobs')
      .values(jobs.slice(start, start + portion))
      .execute();
  }
}

/** Those of the jobs that are there, by id. */
export async function findJobs(db: DbHandle, ids: readonly number[]): Promise<Map<number, Job>> {
  if (ids.length === 0) return new Map();
  const rows = await jobQuery(db)
    .where('id', 'in', [...new Set(ids)])
    .execute();
  return new Map(rows.map((row) => [row.id, toJob(row)]));
}

/** In their order; the first `limit` of them where that is given. */
export async function selectJobs(db: DbHandle, runId: number, limit?: number): Promise<Job[]> {
  const query = jobQuery(db).where('run_id', '=', runId).orderBy('position');
  const rows = await (limit === undefined ? query : query.limit(limit)).execute();
  return rows.map(toJob);
}

export async function countJobs(db: DbHandle, runId: number): Promise<number> {
  const { count } = await db.query
    .selectFrom('jobs')
    .select(({ fn }) => fn.countAll().as('count'))
    .where('run_id', '=', runId)
    .executeTakeFirstOrThrow();
  return Number(count);
}

export async function selectJob(db: DbHandle, id: number | string): Promise<Job | undefined> {
  const row = await jobQuery(db)
    .where(typeof id === 'number' ? 'id' : 'uuid', '=', id)
    .executeTakeFirst();
  return row && toJob(row);
}

/** The texts that a run's jobs answered with, by job id. */
export async function selectOutputs(db: DbHandle, runId: number): Promise<Map<number, string>> {
  const rows = await db.query.selectFrom('jobs').select(['id', 'output']).where('run_id', '=', runId).execute();
  return new Map(rows.map((row) => [row.id, row.output ?? '']));
}

/** Lets go of the texts of jobs that ended before `time`, at most `limit` at once; says how many. */
export async function clearOutputsBefore(tx: Tx, time: number, limit: number): Promise<number> {
  const old = tx.query
    .selectFrom('jobs')
    .select('id')
    .where('ended_at', '<', time)
    .where('output', 'is not', null)
    .limit(limit);
  const { numUpdatedRows } = await tx.query
    .updateTable('jobs')
    .set({ output: null })
    .where('id', 'in', old)
    .executeTakeFirstOrThrow();
  return Number(numUpdatedRows);
}

/** The jobs of runs that have not ended. */
export async function selectOpenJobIds(db: DbHandle): Promise<number[]> {
  const rows = await db.query
    .selectFrom('jobs')
    .innerJoin('runs', 'runs.id', 'jobs.run_id')
    .select('jobs.id')
    .where('runs.ended_at', 'is', null)
    .execute();
  return rows.map((row) => row.id);
}

/** A job that is past its point of no return, in this folder and workspace, with who asked for it. */
export async function selectApplying(
  db: DbHandle,
  place: { repoId: number; dir: string; workspace: string },
): Promise<{ runId: number; login: string } | undefined> {
  return db.query
    .selectFrom('jobs')
    .innerJoin('runs', 'runs.id', 'jobs.run_id')
    .innerJoin('users', 'users.id', 'runs.actor_id')
    .select(['runs.id as runId', 'users.login'])
    .where('runs.ended_at', 'is', null)
    .where('runs.repo_id', '=', place.repoId)
    .where('jobs.dir', '=', place.dir)
    .where('jobs.workspace', '=', place.workspace)
    .where('jobs.state', '=', 'applying')
    .executeTakeFirst();
}

type PullProject = {
  readonly repoId: number;
  readonly pullNumber: number;
  readonly project: Pick<Project, 'dir' | 'workspace' | 'name'>;
};

function jobsInProject(db: DbHandle, { repoId, pullNumber, project }: PullProject) {
  return db.query
    .selectFrom('runs')
    .innerJoin('jobs', 'jobs.run_id', 'runs.id')
    .where('runs.repo_id', '=', repoId)
    .where('runs.pull_number', '=', pullNumber)
    .where('jobs.dir', '=', project.dir)
    .where('jobs.workspace', '=', project.workspace)
    .where('jobs.project_name', '=', project.name);
}

/** How the latest plan or apply of a pull request came out in a project, of those that did. */
export async function selectLatestWork(db: DbHandle, of: PullProject): Promise<JobOutcome | undefined> {
  const row = await jobsInProject(db, of)
    .select('jobs.outcome')
    .where('runs.kind', 'in', ['plan', 'apply'])
    .where('jobs.state', '=', 'succeeded')
    .orderBy('runs.id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.outcome ? (JSON.parse(row.outcome) as JobOutcome) : undefined;
}

/** Whether a job of a pull request has ever passed its point of no return in a project. */
export async function hasBegunToChange(db: DbHandle, of: PullProject): Promise<boolean> {
  const row = await jobsInProject(db, of)
    .select('jobs.id')
    .where('jobs.applying_at', 'is not', null)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Whether a run of a pull request has a job in a project that has not ended. */
export async function isWorkedOn(db: DbHandle, of: PullProject): Promise<boolean> {
  const row = await jobsInProject(db, of)
    .select('jobs.id')
    .where('jobs.ended_at', 'is', null)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

export type JobChange = {
  readonly state: JobState;
  readonly startedAt?: number;
  readonly applyingAt?: number;
  readonly endedAt?: number;
  readonly outcome?: JobOutcome;
  readonly output?: string;
};

/** Changes a job that is in state `from`; undefined when it is in another by now. */
export async function updateJob(
  tx: Tx,
  job: { id: number; from: JobState },
  change: JobChange,
): Promise<Job | undefined> {
  const row = await tx.query
    .updateTable('jobs')
    .set({
      state: change.state,
      ...(change.startedAt === undefined ? {} : { started_at: change.startedAt, attempt: sql<number>`attempt + 1` }),
      ...(change.applyingAt === undefined ? {} : { applying_at: change.applyingAt }),
      ...(change.endedAt === undefined ? {} : { ended_at: change.endedAt }),
      ...(change.outcome === undefined ? {} : { outcome: JSON.stringify(change.outcome) }),
      ...(change.output === undefined ? {} : { output: change.output }),
    })
    .where('id', '=', job.id)
    .where('state', '=', job.from)
    .returning(jobColumns)
    .executeTakeFirst();
  return row && toJob(row);
}

const jobColumns = [
  'id',
  'uuid',
  'run_id',
  'position',
  'project',
  'plan_id',
  'state',
  'attempt',
  'outcome',
  'created_at',
  'started_at',
  'applying_at',
  'ended_at',
] as const;

type JobRow = Pick<Selectable<JobsTable>, (typeof jobColumns)[number]>;

function jobQuery(db: DbHandle) {
  return db.query.selectFrom('jobs').select(jobColumns);
}

function toJob(row: JobRow): Job {
  return {
    id: row.id,
    uuid: row.uuid,
    runId: row.run_id,
    position: row.position,
    project: JSON.parse(row.project) as Project,
    planId: row.plan_id,
    state: row.state as JobState,
    attempt: row.attempt,
    outcome: row.outcome === null ? null : (JSON.parse(row.outcome) as JobOutcome),
    createdAt: row.created_at,
    startedAt: row.started_at,
    applyingAt: row.applying_at,
    endedAt: row.ended_at,
  };
}
