import { z } from 'zod';
import type { Repo } from '../../repos/index.ts';
import type { Job, JobOutcome, Run, RunWithJobs } from '../../runs/index.ts';
import { goTime } from '../go-json/index.ts';

const time = z.string().meta({ format: 'date-time' });
const maybeTime = time.nullable();
const changes = z.object({
  add: z.number().int(),
  change: z.number().int(),
  destroy: z.number().int(),
  import: z.number().int(),
  forget: z.number().int(),
});

/** How a job ended, as a union told apart by `kind`. */
const outcomeBody = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('planned'), changes: changes.nullable() }),
  z.object({ kind: z.literal('unchanged') }),
  z.object({ kind: z.literal('applied'), changes: changes.nullable() }),
  z.object({ kind: z.literal('done'), plan_discarded: z.boolean() }),
  z.object({ kind: z.literal('refused'), reason: z.string(), message: z.string() }),
  z.object({ kind: z.literal('failed'), code: z.string(), message: z.string() }),
  z.object({ kind: z.literal('interrupted'), phase: z.enum(['apply', 'import', 'state_rm']), message: z.string() }),
  z.object({ kind: z.literal('cancelled'), by: z.string() }),
]);

const jobBody = z.object({
  id: z.number().int(),
  uuid: z.uuid(),
  position: z.number().int(),
  project: z.object({ name: z.string(), dir: z.string(), workspace: z.string() }),
  state: z.enum(['queued', 'running', 'applying', 'succeeded', 'failed', 'refused', 'cancelled', 'interrupted']),
  attempt: z.number().int(),
  outcome: outcomeBody.nullable(),
  created_at: time,
  started_at: maybeTime,
  applying_at: maybeTime,
  ended_at: maybeTime,
  /** The page of the job, below the server's address. */
  page: z.string(),
  logs_url: z.string(),
});

export const runStates = ['queued', 'running', 'succeeded', 'failed', 'cancelled', 'interrupted'] as const;

export const runSummaryBody = z.object({
  id: z.number().int(),
  kind: z.enum(['plan', 'apply', 'import', 'state_rm', 'version']),
  state: z.enum(runStates),
  repository: z.object({ id: z.number().int(), host: z.string(), full_name: z.string() }),
  ref: z.string(),
  commit_sha: z.string(),
  base_branch: z.string(),
  pull_number: z.number().int().nullable(),
  trigger: z.string(),
  actor: z.object({ id: z.number().int(), kind: z.string(), login: z.string() }),
  created_at: time,
  started_at: maybeTime,
  ended_at: maybeTime,
  cancel_requested_at: maybeTime,
  url: z.string(),
  logs_url: z.string(),
});

export const runBody = runSummaryBody.extend({ jobs: z.array(jobBody) });

/** A run without its jobs, as lists have it. */
export function toRunSummary(run: Run, repo: Repo): z.infer<typeof runSummaryBody> {
  return {
    id: run.id,
    kind: run.kind,
    state: run.state,
    repository: { id: repo.id, host: repo.host, full_name: repo.fullName },
    ref: run.ref,
    commit_sha: run.commitSha,
    base_branch: run.baseBranch,
    pull_number: run.pullNumber,
    trigger: run.trigger.kind,
    actor: { id: run.actor.id, kind: run.actor.kind, login: run.actor.login },
    created_at: goTime(run.createdAt),
    started_at: timeOrNull(run.startedAt),
    ended_at: timeOrNull(run.endedAt),
    cancel_requested_at: timeOrNull(run.cancelRequestedAt),
    url: runUrl(run.id),
    logs_url: `${runUrl(run.id)}/logs`,
  };
}

export function toRunBody(run: RunWithJobs): z.infer<typeof runBody> {
  return { ...toRunSummary(run, run.repo), jobs: run.jobs.map(toJobBody) };
}

/** Where a run is read, below the server's address. */
export function runUrl(runId: number): string {
  return `/api/runs/${runId}`;
}

function toJobBody(job: Job): z.infer<typeof jobBody> {
  const { name, dir, workspace } = job.project;
  return {
    id: job.id,
    uuid: job.uuid,
    position: job.position,
    project: { name, dir, workspace },
    state: job.state,
    attempt: job.attempt,
    outcome: job.outcome && toOutcomeBody(job.outcome),
    created_at: goTime(job.createdAt),
    started_at: timeOrNull(job.startedAt),
    applying_at: timeOrNull(job.applyingAt),
    ended_at: timeOrNull(job.endedAt),
    page: `/jobs/${job.uuid}`,
    logs_url: `/api/jobs/${job.id}/logs`,
  };
}

function toOutcomeBody(outcome: JobOutcome): z.infer<typeof outcomeBody> {
  switch (outcome.kind) {
    case 'planned':
    case 'applied':
      return { kind: outcome.kind, changes: outcome.summary };
    case 'unchanged':
      return { kind: 'unchanged' };
    case 'done':
      return { kind: 'done', plan_discarded: outcome.planDiscarded };
    case 'refused':
      return { kind: 'refused', reason: outcome.refusal.kind, message: outcome.refusal.message };
    case 'failed':
      return { kind: 'failed', code: outcome.code, message: outcome.message };
    case 'interrupted':
      return { kind: 'interrupted', phase: outcome.phase, message: outcome.message };
    case 'cancelled':
      return { kind: 'cancelled', by: outcome.by };
  }
}

function timeOrNull(value: number | null): string | null {
  return value === null ? null : goTime(value);
}
