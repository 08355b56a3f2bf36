import { setTimeout as pause } from 'node:timers/promises';
import { lockRow, type Tx } from '../db/index.ts';
import { errorText } from '../lib/errors.ts';
import { getApplyLock } from '../locks/index.ts';
import { isLoginRefused, isPassingFailure } from '../vcs/index.ts';
import { applyLockedText } from './apply-locked-text.ts';
import type { RunDeps } from './deps.ts';
import type { JobContext } from './job-context.ts';
import { selectApplying } from './job-store.ts';
import type { Refusal } from './types.ts';

type Asking = Pick<JobContext, 'scope' | 'job' | 'task' | 'cancelled'>;

/** Why the job may not begin: what its configuration asks and is not honoured, or a requirement of its command. */
export async function refusalBefore(deps: RunDeps, context: JobContext): Promise<Refusal | undefined> {
  const { unsupported } = context.job.project;
  if (unsupported !== null) return { kind: 'unsupported', message: unsupported };
  const { kind, trigger } = context.scope.run;
  if (kind === 'apply') return refusalToApply(deps, context, null);
  const hasRequirements = trigger.kind === 'pull' && (kind === 'plan' || kind === 'import');
  return hasRequirements ? untilAnswered(deps, context, () => unmetRequirement(deps, context, null)) : undefined;
}

/** Why the plan may not be applied now. Asked right before the point of no return, with the plan. */
export async function refusalToApply(
  deps: RunDeps,
  context: Asking,
  planJson: (() => Promise<string>) | null,
): Promise<Refusal | undefined> {
  // After a wait for a host all of it is asked again: what held before may not hold any more.
  return untilAnswered(deps, context, async () => {
    const lock = await getApplyLock(deps.db);
    if (lock) return { kind: 'apply_locked', message: applyLockedText(lock) };
    return unmetRequirement(deps, context, planJson);
  });
}

async function unmetRequirement(
  deps: RunDeps,
  context: Asking,
  planJson: (() => Promise<string>) | null,
): Promise<Refusal | undefined> {
  const { run, repo } = context.scope;
  for (const requirement of deps.requirements) {
    const refusal = await requirement({ run, repo, job: context.job, planJson });
    if (refusal) return refusal;
  }
  return undefined;
}

/** How long a host may be away before the job ends because of it. */
const patienceMs = 600_000;
const longestPauseMs = 15_000;

/** A host that is away for a while says nothing of the project. Nobody waits for it once the run is to end. */
async function untilAnswered<T>(
  deps: Pick<RunDeps, 'now' | 'log'>,
  { cancelled, task, job }: Asking,
  ask: () => Promise<T>,
): Promise<T> {
  const over = AbortSignal.any([cancelled, task.signal]);
  const until = deps.now() + patienceMs;
  for (let pauseMs = 1000; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    try {
      return await ask();
    } catch (error) {
      const isPassing = isPassingFailure(error) || isLoginRefused(error);
      if (!isPassing || over.aborted || deps.now() + pauseMs > until) throw error;
      deps.log.warn({ jobId: job.id, reason: errorText(error) }, 'a job waits for its host');
      await pause(pauseMs, undefined, { signal: over }).catch(() => undefined);
      if (over.aborted) throw error;
    }
  }
}

/**
 * Why no other apply may begin in the job's folder and workspace: projects of different names may share them, and with
 * them the state, while each has a lock of its own. Holds on until the transaction ends.
 */
export async function refusalByApply(tx: Tx, context: Pick<JobContext, 'scope' | 'job'>): Promise<Refusal | undefined> {
  const { repo } = context.scope;
  const { dir, workspace } = context.job.project;
  await lockRow(tx, 'repos', repo.id);
  const rival = await selectApplying(tx, { repoId: repo.id, dir, workspace });
  if (!rival) return undefined;
  const message =
    `Run ${rival.runId} of ${rival.login} is applying in the same folder and workspace, ${dir} and ${workspace}. ` +
    'To continue, wait until that run has ended.';
  return { kind: 'locked', message };
}
