import { endJobToken, mintJobToken } from '../access/index.ts';
import type { RunSubscriber } from './types.ts';

export type JobTokens = {
  /** Gives each job a token when it starts, and ends the token with the job. */
  readonly onRunEvent: RunSubscriber;
  /** What the job's steps may show to Polder's own API; undefined unless the job runs in this process. */
  secretOf(jobId: number): string | undefined;
};

/** The tokens of the jobs that run here. Secrets are in memory alone: a job that starts again gets another one. */
export function createJobTokens(): JobTokens {
  const secrets = new Map<number, string>();
  return {
    onRunEvent: async (tx, { kind, run, repo, job, now }) => {
      if (!job) return;
      if (kind === 'job_started') {
        secrets.set(job.id, await mintJobToken(tx, { jobId: job.id, repoId: repo.id, actor: run.actor, now }));
      }
      if (kind === 'job_ended' || kind === 'job_restarted') {
        await endJobToken(tx, job.id);
        secrets.delete(job.id);
      }
    },
    secretOf: (jobId) => secrets.get(jobId),
  };
}
