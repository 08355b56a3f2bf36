import { indexFile, treeDir } from './checkout-folder.ts';
import { mirrorDir } from './layout.ts';
import { type GitCall, type GitOutput, gitError, runGit, tryGit } from './run-git.ts';
import type { GitDeps } from './types.ts';

/** The folder of a checkout, and the commit whose files it holds or is to hold. */
export type CommitFolder = { readonly repoId: number; readonly sha: string; readonly folder: string };

/**
 * Makes the working tree equal to the commit. With an index from before, git compares each file with what it wrote
 * (time of change, inode, size, mode; the content too where times are too close), and writes again what differs.
 */
export async function writeFiles(deps: GitDeps, target: CommitFolder): Promise<void> {
  const activity = `checking out commit ${target.sha}`;
  const result = await tryGit(deps, {
    ...inFolder(deps, target),
    activity,
    args: ['read-tree', '--reset', '-u', target.sha],
  });
  if (!('reason' in result)) return;
  throw gitError(activity, result);
}

/** Runs git on the working tree of a checkout. */
export async function gitInFolder(
  deps: GitDeps,
  target: Pick<CommitFolder, 'repoId' | 'folder'>,
  call: Pick<GitCall, 'activity' | 'args' | 'maxBytes'>,
): Promise<GitOutput> {
  return runGit(deps, { ...call, ...inFolder(deps, target) });
}

/** Our own index and the mirror itself, so that what was done to the worktree's `.git` does not matter. */
function inFolder(deps: GitDeps, { repoId, folder }: Pick<CommitFolder, 'repoId' | 'folder'>) {
  return {
    gitDir: mirrorDir(deps, repoId),
    workTree: treeDir(folder),
    env: { GIT_INDEX_FILE: indexFile(folder) },
  };
}
