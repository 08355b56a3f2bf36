import { discardPlans } from '../plans/index.ts';
import type { RunWithJobs } from '../runs/index.ts';
import type { Pull } from '../vcs/index.ts';
import type { CommandContext, PullDeps } from './deps.ts';
import { deleteProjects, setPlanned } from './pull-store.ts';
import { releaseUntouched, untouched } from './release-untouched.ts';
import { recordDiscarded } from './unlock-pull.ts';

/** For a pull request that touches no project (any more): nothing of it is planned, or locked but for what it changed. */
export async function forgetPlans(deps: PullDeps, { command, task }: CommandContext, live: Pull): Promise<void> {
  const { pull, actor } = command;
  const of = { repoId: pull.repo.id, pullNumber: pull.number };
  const now = deps.now();
  await deps.db.transaction(async (tx) => {
    await task.assertHeld(tx);
    await discardPlans(tx, of, { reason: untouched, now });
    await releaseUntouched(tx, of, { actor, now, isTouched: () => false });
    await deleteProjects(tx, pull.id);
    await setPlanned(tx, pull.id, { headSha: live.headSha, baseBranch: live.baseBranch });
  });
}

/** Whether all plans of a run came out. */
export function allCameOut(run: RunWithJobs): boolean {
  return run.jobs.every(({ outcome }) => outcome?.kind === 'planned' || outcome?.kind === 'unchanged');
}

/**
 * A pull request that merges itself needs all of its plans: when one of a run did not come out, all are thrown away. It
 * keeps its locks, since it is to be planned again.
 */
export async function dropPlans(deps: PullDeps, { command, task }: CommandContext): Promise<void> {
  const { pull } = command;
  const of = { repoId: pull.repo.id, pullNumber: pull.number };
  const reason = 'another plan of the pull request, which merges itself, did not come out';
  const now = deps.now();
  await deps.db.transaction(async (tx) => {
    await task.assertHeld(tx);
    await discardPlans(tx, of, { reason, now });
    await recordDiscarded(tx, pull.id, { now });
  });
}
