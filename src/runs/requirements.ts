import { getApplyLock } from '../locks/index.ts';
import { applyLockedText } from './apply-locked-text.ts';
import type { RunDeps } from './deps.ts';
import type { JobContext } from './job-context.ts';
import type { Refusal } from './types.ts';

/** Why the job may not begin: what its configuration asks and is not honoured, or a requirement of its apply. */
export async function refusalBefore(deps: RunDeps, context: JobContext): Promise<Refusal | undefined> {
  const { unsupported } = context.job.project;
  if (unsupported !== null) return { kind: 'unsupported', message: unsupported };
  return context.scope.run.kind === 'apply' ? refusalToApply(deps, context, null) : undefined;
}

/** Why the plan may not be applied now. Asked right before the point of no return, with the plan. */
export async function refusalToApply(
  deps: RunDeps,
  context: Pick<JobContext, 'scope' | 'job'>,
  planJson: (() => Promise<string>) | null,
): Promise<Refusal | undefined> {
  const lock = await getApplyLock(deps.db);
  if (lock) return { kind: 'apply_locked', message: applyLockedText(lock) };
  const { run, repo } = context.scope;
  for (const requirement of deps.requirements) {
    const refusal = await requirement({ run, repo, job: context.job, planJson });
    if (refusal) return refusal;
  }
  return undefined;
}
