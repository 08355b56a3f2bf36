import { randomUUID } from 'node:crypto';
import { type Actor, ensureSystemUser } from '../../src/access/index.ts';
import type { Db } from '../../src/db/index.ts';
import { onRunEvent } from '../../src/environments/index.ts';
import type { Project } from '../../src/projects/index.ts';
import type { Repo } from '../../src/repos/index.ts';
import type { Job, JobOutcome, JobState, Run, RunEventKind } from '../../src/runs/index.ts';
import { usualProjectSettings } from './rules.ts';

/** A repo written straight into the database. */
export async function insertRepo(db: Db, fullName: string, rest: Partial<Repo> = {}): Promise<Repo> {
  const { host = 'local', hostType = 'Local', visibility = 'private', createdAt = 1000 } = rest;
  const path = fullName.slice(0, fullName.lastIndexOf('/'));
  const group = await db.query
    .insertInto('groups')
    .values({ host, path, created_at: createdAt })
    .onConflict((conflict) => conflict.columns(['host', 'path']).doUpdateSet({ path }))
    .returning('id')
    .executeTakeFirstOrThrow();
  const { id } = await db.query
    .insertInto('repos')
    .values({ host, host_type: hostType, full_name: fullName, group_id: group.id, visibility, created_at: createdAt })
    .returning('id')
    .executeTakeFirstOrThrow();
  return { id, host, hostType, fullName, groupId: group.id, visibility, createdAt };
}

export type ApplyRequest = {
  readonly repo: Repo;
  readonly project: Pick<Project, 'name' | 'dir' | 'workspace'>;
  readonly kind?: 'plan' | 'apply';
  readonly ref?: string;
  readonly sha?: string;
  readonly extraArgs?: readonly string[];
  /** The saved plan that it applies. */
  readonly planId?: number;
};

export type TestApply = {
  readonly run: Run;
  readonly job: Job;
  /** Tells the subscriber that the job changed, and writes the change. */
  move(kind: RunEventKind, change: { state?: JobState; outcome?: JobOutcome; now: number }): Promise<void>;
};

/** A run of one job that is moved by hand, event by event, each in a transaction as in a real one. */
export async function acceptApply(db: Db, request: ApplyRequest, now: number): Promise<TestApply> {
  const actor = await ensureSystemUser(db, 'atlantis-api', now);
  const { run, job } = await insertRunWithJob(db, { ...request, actor, now });
  let current = job;
  const move: TestApply['move'] = async (kind, change) => {
    const after: Job = {
      ...current,
      state: change.state ?? current.state,
      outcome: change.outcome ?? null,
      startedAt: change.state === 'running' ? change.now : current.startedAt,
      endedAt: change.outcome ? change.now : null,
    };
    await db.transaction(async (tx) => {
      await tx.query
        .updateTable('jobs')
        .set({
          state: after.state,
          outcome: after.outcome && JSON.stringify(after.outcome),
          started_at: after.startedAt,
          ended_at: after.endedAt,
        })
        .where('id', '=', job.id)
        .execute();
      await onRunEvent(tx, { kind, run, repo: request.repo, job: after, now: change.now });
    });
    current = after;
  };
  await move('job_queued', { now });
  return { run, job, move };
}

export const applied: JobOutcome = { kind: 'applied', summary: null, planId: 1 };

/** An apply that runs from `now` to `now + 20` and succeeds. */
export async function succeedApply(db: Db, request: ApplyRequest, now: number): Promise<TestApply> {
  const apply = await acceptApply(db, request, now);
  await apply.move('job_started', { state: 'running', now: now + 10 });
  await apply.move('job_ended', { state: 'succeeded', outcome: applied, now: now + 20 });
  return apply;
}

async function insertRunWithJob(
  db: Db,
  request: ApplyRequest & { actor: Actor; now: number },
): Promise<{ run: Run; job: Job }> {
  const { repo, actor, now, kind = 'apply', ref = 'main', sha = 'c'.repeat(40) } = request;
  const project: Project = {
    terraformVersion: null,
    distribution: null,
    executionOrderGroup: 0,
    whenModified: null,
    ...usualProjectSettings,
    ...request.project,
  };
  const { extraArgs = [], planId = null } = request;
  const command = { kind, extraArgs };
  const { id: runId } = await db.query
    .insertInto('runs')
    .values({
      kind,
      state: 'running',
      repo_id: repo.id,
      ref,
      commit_sha: sha,
      base_branch: 'main',
      command: JSON.stringify(command),
      trigger: JSON.stringify({ kind: 'api' }),
      actor_id: actor.id,
      created_at: now,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  const uuid = randomUUID();
  const { id: jobId } = await db.query
    .insertInto('jobs')
    .values({
      uuid,
      run_id: runId,
      position: 0,
      dir: project.dir,
      workspace: project.workspace,
      project_name: project.name,
      project: JSON.stringify(project),
      plan_id: planId,
      state: 'queued',
      created_at: now,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  const run: Run = {
    id: runId,
    kind,
    state: 'running',
    repoId: repo.id,
    ref,
    refKind: ref.startsWith('refs/tags/') ? 'tag' : 'branch',
    commitSha: sha,
    baseBranch: 'main',
    pullNumber: null,
    pull: null,
    order: { parallel: true, abortOnFail: false },
    command,
    trigger: { kind: 'api' },
    actor,
    createdAt: now,
    startedAt: null,
    endedAt: null,
    cancelRequestedAt: null,
  };
  const job: Job = {
    id: jobId,
    uuid,
    runId,
    position: 0,
    project,
    planId,
    state: 'queued',
    attempt: 0,
    outcome: null,
    createdAt: now,
    startedAt: null,
    applyingAt: null,
    endedAt: null,
  };
  return { run, job };
}
