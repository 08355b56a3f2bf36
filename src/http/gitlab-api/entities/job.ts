import type { z } from 'zod';
import type { Deployment, DeploymentCause } from '../../../environments/index.ts';
import type { CommitInfo } from '../../../git/index.ts';
import type { Repo } from '../../../repos/index.ts';
import type { JobState, RunState } from '../../../runs/index.ts';
import type { commitSchema, jobSchema, pipelineSchema } from './schemas.ts';
import { isoTime, isoTimeOrNull } from './time.ts';
import { renderUser } from './user.ts';

type JobEntity = z.infer<typeof jobSchema>;
type PipelineEntity = z.infer<typeof pipelineSchema>;

const jobStatuses: Record<JobState, JobEntity['status']> = {
  queued: 'pending',
  running: 'running',
  applying: 'running',
  succeeded: 'success',
  failed: 'failed',
  interrupted: 'failed',
  refused: 'skipped',
  cancelled: 'canceled',
};

const pipelineStatuses: Record<RunState, PipelineEntity['status']> = {
  queued: 'pending',
  running: 'running',
  succeeded: 'success',
  failed: 'failed',
  interrupted: 'failed',
  cancelled: 'canceled',
};

export type JobContext = {
  readonly repo: Repo;
  readonly commit: CommitInfo | null;
  readonly baseUrl: string;
};

/** The apply behind a deployment, as GitLab shows a CI job: our job, in the pipeline that is our run. */
export function renderJob(deployment: Deployment, cause: DeploymentCause, context: JobContext): JobEntity {
  const { job } = cause;
  const { repo, commit, baseUrl } = context;
  const status = jobStatuses[job.state];
  const failureReason = job.state === 'interrupted' ? 'runner_system_failure' : 'script_failure';
  return {
    id: job.id,
    status,
    stage: 'deploy',
    name: 'apply',
    ref: deployment.ref,
    tag: deployment.tag,
    coverage: null,
    allow_failure: false,
    created_at: isoTime(job.createdAt),
    started_at: isoTimeOrNull(job.startedAt),
    finished_at: isoTimeOrNull(job.endedAt),
    erased_at: null,
    duration: secondsBetween(job.startedAt, job.endedAt),
    queued_duration: secondsBetween(job.createdAt, job.startedAt),
    user: renderUser(cause.user, baseUrl),
    commit: commit && renderCommit(repo, commit, baseUrl),
    pipeline: renderPipeline(deployment, cause, baseUrl),
    ...(status === 'failed' ? { failure_reason: failureReason } : {}),
    web_url: `${baseUrl}/jobs/${job.uuid}`,
    project: { ci_job_token_scope_enabled: false },
    artifacts: [],
    runner: null,
    runner_manager: null,
    artifacts_expire_at: null,
    archived: false,
    tag_list: [],
  };
}

function renderPipeline(deployment: Deployment, cause: DeploymentCause, baseUrl: string): PipelineEntity {
  const { run } = cause;
  return {
    id: run.id,
    iid: run.id,
    project_id: run.repoId,
    sha: run.commitSha,
    ref: deployment.ref,
    status: pipelineStatuses[run.state],
    source: 'api',
    created_at: isoTime(run.createdAt),
    updated_at: isoTime(run.endedAt ?? run.startedAt ?? run.createdAt),
    web_url: `${baseUrl}/api/runs/${run.id}`,
  };
}

function renderCommit(repo: Repo, commit: CommitInfo, baseUrl: string): z.infer<typeof commitSchema> {
  const { sha, author, committer } = commit;
  const committedAt = withMilliseconds(committer.date);
  const site = repo.hostType === 'Local' ? baseUrl : `https://${repo.host}`;
  return {
    id: sha,
    short_id: sha.slice(0, 8),
    created_at: committedAt,
    parent_ids: [...commit.parents],
    title: commit.message.split('\n', 1)[0] ?? '',
    message: commit.message,
    author_name: author.name,
    author_email: author.email,
    authored_date: withMilliseconds(author.date),
    committer_name: committer.name,
    committer_email: committer.email,
    committed_date: committedAt,
    trailers: {},
    extended_trailers: {},
    web_url: `${site}/${repo.fullName}/commit/${sha}`,
  };
}

/** Git's dates end with whole seconds: `2016-08-11T09:36:01+02:00` becomes `2016-08-11T09:36:01.000+02:00`. */
function withMilliseconds(date: string): string {
  return date.replace(/(T\d\d:\d\d:\d\d)(?=[+Z-])/, '$1.000');
}

function secondsBetween(from: number | null, to: number | null): number | null {
  return from === null || to === null ? null : (to - from) / 1000;
}
