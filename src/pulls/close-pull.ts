import { notices } from '../comments/index.ts';
import { forgetPullRef } from '../git/index.ts';
import { releasePullLocks } from '../locks/index.ts';
import { discardPlans } from '../plans/index.ts';
import { releasePullCheckouts } from '../runs/index.ts';
import type { Pull } from '../vcs/index.ts';
import { betweenRuns } from './between-runs.ts';
import { setFacts } from './command-store.ts';
import type { CommandContext, PullDeps } from './deps.ts';
import { pullRefOf } from './fetch-pull.ts';
import { deleteProjects, setClosed, setPlanned } from './pull-store.ts';
import { reply } from './reply.ts';

/**
 * Gives back what a pull request that was merged or closed holds: first its locks, for others wait for them, then plans
 * and folders. Null: it was done.
 */
export async function closePull(deps: PullDeps, context: CommandContext): Promise<null> {
  const { command, ref } = context;
  const { pull, actor } = command;
  const of = { repoId: pull.repo.id, pullNumber: pull.number };
  const released = await betweenRuns(deps, context, async (tx) => {
    const now = deps.now();
    const locks = await releasePullLocks(tx, of, { actor, reason: 'the pull request was closed', now });
    await discardPlans(tx, of, { reason: 'the pull request was closed', now });
    await deleteProjects(tx, pull.id);
    await setPlanned(tx, pull.id, null);
    await setClosed(tx, pull.id, now);
    // Carried out again, because it could not be told, there is nothing left to release.
    const all = [...(command.facts.released ?? []), ...locks.map(({ dir, workspace }) => ({ dir, workspace }))];
    await setFacts(tx, command.id, { released: all });
    return all;
  });
  await releasePullCheckouts(deps, of);
  if (pull.headSha !== '') {
    const live = await context.pulls.getPull(ref);
    if (live) await dropRef(deps, context, live);
  }
  const body = notices.pullClosed(released);
  if (body !== '') await reply(deps, context, { key: 'closed', body });
  return null;
}

/** What stays in a mirror that cannot be changed is of no harm: it takes some space. */
async function dropRef(deps: PullDeps, { command, log }: CommandContext, live: Pull): Promise<void> {
  try {
    await forgetPullRef(deps.git, command.pull.repo.id, pullRefOf(live));
  } catch (error) {
    log.warn({ err: error }, 'the commits of a pull request that was closed could not be dropped');
  }
}
