import type { Tx } from '../db/index.ts';
import { acquireLock, type Lock, lockName, releaseRunLock } from '../locks/index.ts';
import type { RunDeps, RunSettings } from './deps.ts';
import type { JobContext } from './job-context.ts';
import type { Refusal } from './types.ts';

/** Takes the lock of the job's project for its run. A refusal when somebody else has it. */
export async function lockForJob(deps: RunDeps, tx: Tx, context: JobContext): Promise<Refusal | undefined> {
  if (!deps.settings.repoLocking) return undefined;
  const { run, repo } = context.scope;
  const { dir, workspace, name } = context.job.project;
  const result = await acquireLock(
    tx,
    { repoId: repo.id, dir, workspace, projectName: name },
    { holder: { kind: 'run', runId: run.id }, actor: run.actor, now: deps.now() },
  );
  if (result.kind === 'held') return undefined;
  return { kind: 'locked', message: lockedText(result.by, deps.settings) };
}

/** Gives back the lock that the job's run holds on its project, if it does. */
export async function releaseJobLock(deps: RunDeps, tx: Tx, context: JobContext): Promise<void> {
  if (!deps.settings.repoLocking) return;
  const { run, repo } = context.scope;
  const { dir, workspace, name } = context.job.project;
  await releaseRunLock(
    tx,
    { repoId: repo.id, dir, workspace, projectName: name },
    { runId: run.id, actor: run.actor, reason: 'the run is done with it', now: deps.now() },
  );
}

/** Where the lock can be seen and deleted. */
export function lockUrl(settings: Pick<RunSettings, 'baseUrl'>, lock: Parameters<typeof lockName>[0]): string {
  return `${settings.baseUrl}/lock?id=${encodeURIComponent(encodeURIComponent(lockName(lock)))}`;
}

function lockedText(lock: Lock, settings: RunSettings): string {
  const url = lockUrl(settings, lock);
  const again = `Once the lock is released, comment \`${settings.executableName} plan\` here to re-plan.`;
  switch (lock.holder.kind) {
    case 'manual':
      return (
        `This project is currently locked manually by ${lock.actor.login}.\n\n**Note**: ${lock.holder.note}\n\n` +
        `To continue, the manual lock must be removed via the [Atlantis UI](${url}).\n${again}`
      );
    case 'pull': {
      const pull = `#${lock.holder.pullNumber}`;
      return (
        `This project is currently locked by an unapplied plan from pull ${pull}. To continue, delete the lock from ` +
        `${pull} or apply that plan and merge the pull request.\n\n${again}`
      );
    }
    case 'run':
      return (
        `This project is currently locked by run ${lock.holder.runId} of ${lock.actor.login}. To continue, wait until ` +
        `that run has ended, or, if its apply was interrupted, look at what it left and delete the lock at ${url}.`
      );
  }
}
