import { access, type FetchedRepo } from './fetch-mirror.ts';
import { runGit } from './run-git.ts';
import type { GitDeps } from './types.ts';

const timeoutMs = 30_000;

/** Asks the source of a repo for its branches, and fetches nothing. Throws `git_failed`, never naming a credential. */
export async function countBranches(deps: GitDeps, repo: FetchedRepo): Promise<number> {
  const { stdout } = await runGit(deps, {
    activity: `asking for the branches of ${repo.fullName}`,
    args: ['ls-remote', '--heads', '--', repo.source.url],
    timeoutMs,
    ...access(deps, repo),
  });
  return stdout.split('\n').filter(Boolean).length;
}
