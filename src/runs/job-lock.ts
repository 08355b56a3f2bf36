import type { DbHandle, Tx } from '../db/index.ts';
import { escapeQuery } from '../lib/escape-query.ts';
import {
  acquireLock,
  findManualLock,
  type Lock,
  type LockedProject,
  type LockHolder,
  lockName,
  lockNameOnHost,
  releasePullLocks,
  releaseRunLock,
} from '../locks/index.ts';
import { livePlansOfPull } from '../plans/index.ts';
import { findReposByName } from '../repos/index.ts';
import type { RunDeps, RunSettings } from './deps.ts';
import type { JobContext } from './job-context.ts';
import { hasBegunToChange, selectLatestWork } from './job-store.ts';
import type { JobOutcome, LockingPull, Refusal, Run } from './types.ts';

/**
 * Takes the lock of the job's project: for the pull request, which keeps it beyond the run, or without one for the run. A
 * refusal when somebody else has it.
 */
export async function lockForJob(deps: RunDeps, tx: Tx, context: JobContext): Promise<Refusal | undefined> {
  if (!needsLock(deps.settings, context)) return refusalByHand(deps, tx, context);
  const { run } = context.scope;
  const claim = { holder: holderOf(run), actor: run.actor, now: deps.now() };
  const result = await acquireLock(tx, lockedProject(context), claim);
  return result.kind === 'held' ? undefined : refusalBy(deps, tx, result.by);
}

/** Where a repository takes no locks, what changes a state still leaves alone what a person has taken out of reach. */
async function refusalByHand(deps: RunDeps, tx: Tx, context: JobContext): Promise<Refusal | undefined> {
  const { kind } = context.scope.run;
  if (!deps.settings.repoLocking || kind === 'plan' || kind === 'version') return undefined;
  const lock = await findManualLock(tx, lockedProject(context));
  return lock && refusalBy(deps, tx, lock);
}

async function refusalBy(deps: RunDeps, tx: Tx, lock: Lock): Promise<Refusal> {
  const by = await lockingPull(tx, lock);
  const url = lockUrl(deps.settings, (await lockLinkName(tx, lock))(lock));
  return { kind: 'locked', message: lockedText({ lock, by, url }, deps.settings), ...(by ? { by } : {}) };
}

/**
 * Gives the lock on the job's project back once the job has ended, unless there is a reason to keep it. A run of the API
 * never gives back what it did not take.
 */
export async function releaseJobLock(
  deps: RunDeps,
  tx: Tx,
  end: Pick<JobContext, 'scope' | 'job'> & { readonly outcome: JobOutcome },
): Promise<void> {
  if (!needsLock(deps.settings, end) || (await keepsLock(tx, end, end.outcome))) return;
  const { run, repo } = end.scope;
  const release = { actor: run.actor, reason: 'the run is done with it', now: deps.now() };
  if (run.trigger.kind === 'pull' && run.pullNumber !== null) {
    const pull = { repoId: repo.id, pullNumber: run.pullNumber, project: end.job.project };
    await releasePullLocks(tx, pull, release);
  } else await releaseRunLock(tx, lockedProject(end), { ...release, runId: run.id });
}

/**
 * Whether a job of this command holds its project's lock while it runs. A plan in mode `on_apply` does not; what changes
 * a state does in every mode but `disabled` (https://www.runatlantis.io/docs/repo-level-atlantis-yaml#repo-locks).
 */
export function needsLock(
  settings: Pick<RunSettings, 'repoLocking'>,
  { scope, job }: Pick<JobContext, 'scope' | 'job'>,
): boolean {
  const { repoLockMode } = job.project;
  if (!settings.repoLocking || repoLockMode === 'disabled') return false;
  switch (scope.run.kind) {
    case 'plan':
      return repoLockMode === 'on_plan';
    case 'apply':
    case 'import':
    case 'state_rm':
      return true;
    case 'version':
      return false;
  }
}

/**
 * What was interrupted keeps its lock until somebody has looked. A pull request keeps it as long as it has a plan of the
 * project, where plans are locked, and for good once it may have changed something there.
 */
async function keepsLock(tx: Tx, { scope, job }: Pick<JobContext, 'scope' | 'job'>, outcome: JobOutcome) {
  if (outcome.kind === 'interrupted') return true;
  const { pullNumber } = scope.run;
  if (pullNumber === null) return false;
  const pull = { repoId: scope.repo.id, pullNumber, project: job.project };
  const isForPlan = job.project.repoLockMode === 'on_plan' && (await livePlansOfPull(tx, pull)).length > 0;
  return isForPlan || hasBegunToChange(tx, pull);
}

function holderOf(run: Run): LockHolder {
  if (!run.pull) return { kind: 'run', runId: run.id };
  return { kind: 'pull', pullNumber: run.pull.number, pullUrl: run.pull.url, runId: run.id };
}

function lockedProject({ scope, job }: Pick<JobContext, 'scope' | 'job'>): LockedProject {
  const { dir, workspace, name } = job.project;
  return { repoId: scope.repo.id, dir, workspace, projectName: name };
}

/** Undefined when it is not a pull request that holds the lock. */
async function lockingPull(tx: Tx, lock: Lock): Promise<LockingPull | undefined> {
  if (lock.holder.kind !== 'pull') return undefined;
  const { pullNumber } = lock.holder;
  const project = { ...lock, name: lock.projectName };
  const outcome = await selectLatestWork(tx, { repoId: lock.repoId, pullNumber, project });
  return { pullNumber, holds: outcome?.kind === 'applied' ? 'applied' : 'plan' };
}

/** Where the lock of that name can be seen and deleted. */
export function lockUrl({ baseUrl }: Pick<RunSettings, 'baseUrl'>, name: string): string {
  return `${baseUrl}/lock?id=${escapeQuery(escapeQuery(name))}`;
}

/** How links name a lock: with its host, where another host has a repo of the same name. */
export async function lockLinkName(
  db: DbHandle,
  { repoFullName }: Pick<Lock, 'repoFullName'>,
): Promise<(lock: Parameters<typeof lockNameOnHost>[0]) => string> {
  return (await findReposByName(db, repoFullName)).length > 1 ? lockNameOnHost : lockName;
}

type Locked = { readonly lock: Lock; readonly by: LockingPull | undefined; readonly url: string };

function lockedText({ lock, by, url }: Locked, settings: RunSettings): string {
  const again = `Once the lock is released, comment \`${settings.executableName} plan\` here to re-plan.`;
  switch (lock.holder.kind) {
    case 'manual':
      return (
        `This project is currently locked manually by ${lock.actor.login}.\n\n**Note**: ${lock.holder.note}\n\n` +
        `To continue, the manual lock must be removed via the [Atlantis UI](${url}).\n${again}`
      );
    case 'pull': {
      const pull = `#${lock.holder.pullNumber}`;
      if (by?.holds === 'applied') {
        return (
          `This project is currently locked by pull ${pull}, which has applied its plan. To continue, merge ${pull} or ` +
          `delete the lock from it.\n\n${again}`
        );
      }
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
