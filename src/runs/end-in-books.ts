import type { Tx } from '../db/index.ts';
import { closeLog } from '../job-logs/index.ts';
import { dropPlansOfJob } from '../plans/index.ts';
import { endJob } from './change-state.ts';
import { commandName } from './command-name.ts';
import type { RunDeps } from './deps.ts';
import type { JobContext } from './job-context.ts';
import { releaseJobLock } from './job-lock.ts';
import { discardPlansOfJob } from './pull-plans.ts';
import type { JobOutcome } from './types.ts';

export type EndedJob = Pick<JobContext, 'scope' | 'job'> & { readonly outcome: JobOutcome; readonly output: string };

/** Writes down the end of a job, with all that ends with it: its log, the plans that are void now, its lock. */
export async function endInBooks(deps: RunDeps, tx: Tx, end: EndedJob): Promise<void> {
  const { scope, job, outcome, output } = end;
  const now = deps.now();
  const interruption = outcome.kind === 'interrupted' ? `its ${commandName(outcome.phase)} was interrupted` : undefined;
  if (scope.run.kind === 'apply') await dropPlansOfJob(tx, job.id, { reason: interruption ?? 'its run ended', now });
  const reason = interruption ?? whyPlansAreVoid(end);
  if (reason !== undefined) await discardPlansOfJob(tx, end, { reason, now });
  await endJob(deps, tx, { ...scope, job, outcome, output });
  await closeLog(tx, job.id, now);
  await releaseJobLock(deps, tx, end);
}

/**
 * Why what the pull request had planned for the project before is not to be applied: a later plan says that it should
 * not. One that was cancelled, or never got the lock, says nothing.
 */
function whyPlansAreVoid({ scope, outcome }: EndedJob): string | undefined {
  if (scope.run.kind !== 'plan') return undefined;
  if (outcome.kind === 'failed') return 'a later plan went wrong';
  if (outcome.kind !== 'refused' || outcome.refusal.kind === 'locked') return undefined;
  return outcome.refusal.kind === 'earlier_failed' ? undefined : 'a later plan was refused';
}
