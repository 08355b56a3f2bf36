import { sql } from 'kysely';
import { createToken, ensureSystemUser } from '../../src/access/index.ts';
import type { Db } from '../../src/db/index.ts';

export type Sizes = { readonly environments: number; readonly deployments: number };

/** A series of whole numbers from 1 on, as a table `s` with the column `i`. */
function series({ engine }: Db, last: number) {
  const end = sql.lit(last);
  return engine.name === 'postgres'
    ? sql`generate_series(1, ${end}) as s(i)`
    : sql`(with recursive s(i) as (select 1 union all select i + 1 from s where i < ${end}) select i from s) as s`;
}

/** A repo of that id and name, alone in its group. */
export async function addRepo(db: Db, id: number, name: string): Promise<void> {
  await sql`insert into groups (host, path, created_at) values ('local', ${name}, 1)`.execute(db.query);
  await sql`insert into repos (id, host, host_type, full_name, group_id, created_at)
    select ${sql.lit(id)}, 'local', 'Local', ${`${name}/infra`}, id, 1 from groups where path = ${name}`.execute(
    db.query,
  );
}

export type EnvironmentBatch = {
  readonly repoId: number;
  readonly count: number;
  readonly folder: string;
  readonly state: 'available' | 'stopped';
  /** SQL of the time at which each is to be stopped, which is then that of its making too; `i` is its number. */
  readonly stopAt?: string;
};

/** Environments `<folder>/app-1-feature` and so on. */
export async function addEnvironments(db: Db, batch: EnvironmentBatch): Promise<void> {
  const { repoId, count, folder, state, stopAt = 'cast(null as bigint)' } = batch;
  const name = sql`${sql.lit(`${folder}/app-`)} || i || '-feature'`;
  const rest = sql`'app-' || i || '-feature'`;
  const at = sql.raw(stopAt);
  await sql`insert into environments (repo_id, name, name_key, rest_key, folder, slug, tier, state, auto_stop_setting,
      created_at, updated_at, auto_stop_at, stop_due_at, stop_cause)
    select ${sql.lit(repoId)}, ${name}, ${name}, ${rest}, ${sql.lit(folder)}, ${sql.lit(`${folder}-`)} || i, 'other',
      ${sql.lit(state)}, 'always', coalesce(${at}, 1000 + i), 1000 + i, ${at}, ${at}, 'time' from ${series(db, count)}`.execute(
    db.query,
  );
}

/** Successful deployments, in turn into each of the repo's first environments. */
export async function addDeployments(db: Db, repoId: number, { environments, deployments }: Sizes): Promise<void> {
  const target = sql`(select min(id) from environments where repo_id = ${sql.lit(repoId)}) + i % ${sql.lit(environments)}`;
  await sql`insert into deployments (iid, repo_id, environment_id, status, ref, tag, sha, created_at, updated_at, finished_at)
    select i, ${sql.lit(repoId)}, ${target}, 'success', 'main', 0, ${'c'.repeat(40)}, 1000 + i, 1000 + i, 1000 + i
    from ${series(db, deployments)}`.execute(db.query);
  await sql`update environments set last_deployment_id =
      (select max(id) from deployments where environment_id = environments.id)
    where repo_id = ${sql.lit(repoId)}`.execute(db.query);
}

/** An apply behind the last deployment of each of the repo's first environments, each of a commit of its own. */
export async function addApplies(db: Db, repoId: number, count: number): Promise<void> {
  const { id: actorId } = await ensureSystemUser(db, 'atlantis-api', 1);
  const [repo, actor] = [sql.lit(repoId), sql.lit(actorId)];
  const digits = (number: ReturnType<typeof sql>) => sql`substr(cast(10000000000 + ${number} as text), 2)`;
  const shaOf = (number: ReturnType<typeof sql>) => sql`${'c'.repeat(30)} || ${digits(number)}`;
  const first = sql`(select min(id) from environments where repo_id = ${repo})`;
  const nth = sql`${first} + i - 1`;
  const person = '{"name":"Ann","email":"ann@example.com","date":"2024-01-02T03:04:05+01:00"}';
  const info = `","parents":["${'b'.repeat(40)}"],"message":"Change\\n","author":${person},"committer":${person}}`;
  await sql`insert into runs (id, kind, state, repo_id, ref, commit_sha, base_branch, command, trigger, actor_id, created_at,
      started_at, ended_at)
    select ${nth}, 'apply', 'succeeded', ${repo}, 'refs/heads/main', ${shaOf(nth)}, 'main', '{"kind":"apply"}',
      '{"kind":"api"}', ${actor}, 1000, 1001, 1002 from ${series(db, count)}`.execute(db.query);
  await sql`insert into jobs (id, uuid, run_id, position, dir, workspace, project_name, project, state, outcome, created_at,
      started_at, applying_at, ended_at)
    select ${nth}, 'job-' || i, ${nth}, 0, '.', 'default', 'app-' || i, '{"name":"app"}', 'succeeded',
      '{"kind":"applied"}', 1000, 1001, 1001, 1002 from ${series(db, count)}`.execute(db.query);
  await sql`insert into deployed_commits (repo_id, sha, info)
    select ${repo}, ${shaOf(nth)}, '{"sha":"' || ${shaOf(nth)} || ${sql.lit(info)} from ${series(db, count)}`.execute(
    db.query,
  );
  await sql`update deployments set run_id = environment_id, job_id = environment_id, user_id = ${actor},
      sha = ${shaOf(sql`environment_id`)}
    where id in (select last_deployment_id from environments where repo_id = ${repo})`.execute(db.query);
}

/** Locks of runs without a pull request, each on a project of its own. Somebody has to be there to hold them. */
export async function addLocks(db: Db, batch: { repoId: number; from?: number; count: number }): Promise<void> {
  const { repoId, from = 0, count } = batch;
  await sql`insert into locks (repo_id, dir, workspace, project_name, holder, run_id, actor_id, created_at)
    select ${sql.lit(repoId)}, 'services/team-' || (i % 100) || '/app-' || (${sql.lit(from)} + i), 'default',
      'app-' || i, 'run', i,
      (select min(id) from users), 1700000000000 + i from ${series(db, count)}`.execute(db.query);
}

/** What a database that has been in use for a while knows of itself. */
export async function gatherStatistics(db: Db): Promise<void> {
  await (db.engine.name === 'postgres' ? sql`vacuum analyze` : sql`analyze`).execute(db.query);
}

/** A token that may do everything. */
export async function addToken(db: Db): Promise<string> {
  const now = Date.now();
  const actor = await ensureSystemUser(db, 'polder', now);
  const made = await createToken(db, {
    name: 'bench',
    role: 'admin',
    scope: 'api',
    repoId: null,
    expiresAt: null,
    actor,
    now,
  });
  if (made.kind !== 'created') throw new Error(made.message);
  return made.token;
}
