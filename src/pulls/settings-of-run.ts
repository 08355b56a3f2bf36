import { isPolderError } from '../lib/errors.ts';
import type { RepoSettings } from '../repo-config/index.ts';
import type { Repo } from '../repos/index.ts';
import { provideCommit, type RunWithJobs } from '../runs/index.ts';
import type { Pull } from '../vcs/index.ts';
import type { PullDeps } from './deps.ts';
import type { Appliable } from './saved-plans.ts';
import { repoSettingsAt } from './select-on-pull.ts';

/**
 * What holds for the repository as a whole at the commit of a run, which another server may have accepted. Undefined when
 * its file is not valid there, or nobody has the commit any more.
 */
export async function settingsOfRun(deps: PullDeps, run: RunWithJobs): Promise<RepoSettings | undefined> {
  try {
    await provideCommit(deps, { run, repo: run.repo });
  } catch (error) {
    if (isPolderError(error, 'commit_gone')) return undefined;
    throw error;
  }
  return repoSettingsAt(deps, run.repo, run);
}

/** The same for a saved plan that is to be applied. Throws `commit_gone` when nobody has its commit any more. */
export async function settingsOfPlan(
  deps: PullDeps,
  repo: Repo,
  { plan, live }: { readonly plan: Pick<Appliable, 'commitSha' | 'mergedInto'>; readonly live: Pull },
): Promise<RepoSettings | undefined> {
  const { commitSha, mergedInto } = plan;
  await provideCommit(deps, { run: { commitSha, pull: { ...live, mergedInto } }, repo });
  return repoSettingsAt(deps, repo, { commitSha, baseBranch: live.baseBranch });
}
