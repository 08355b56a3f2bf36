import { mirrorDir } from './layout.ts';
import { gitError, tryGit } from './run-git.ts';
import type { GitDeps } from './types.ts';

const mostListBytes = 128 * 1024 * 1024;

/**
 * The paths that `head` changed since its history parted from that of `base`: added, changed and deleted ones, and both
 * names of what was renamed, in git's order. What a pull request changes is asked with its head and its base branch;
 * what its base branch changed meanwhile, with the two the other way round. Without common history, all that differs.
 * Both are full ids of commits that the mirror has.
 */
export async function changedPaths(
  deps: GitDeps,
  repoId: number,
  commits: { readonly base: string; readonly head: string },
): Promise<readonly string[]> {
  const activity = `listing what commit ${commits.head} changes`;
  const listing = (range: readonly string[]) =>
    tryGit(deps, {
      activity,
      gitDir: mirrorDir(deps, repoId),
      // Without looking for renames, git names the old path as deleted and the new one as added.
      args: ['diff', '--name-only', '--no-renames', '--ignore-submodules=none', '-z', ...range, '--'],
      maxBytes: mostListBytes,
    });
  let listed = await listing([`${commits.base}...${commits.head}`]);
  if ('reason' in listed && listed.reason.includes('no merge base')) {
    listed = await listing([commits.base, commits.head]);
  }
  if ('reason' in listed) throw gitError(activity, listed);
  return listed.stdout.split('\0').slice(0, -1);
}
