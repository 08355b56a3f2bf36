import { existsSync } from 'node:fs';
import { PolderError } from '../lib/errors.ts';
import { mirrorDir } from './layout.ts';
import { withoutStaleLocks } from './mirror-repair.ts';
import { gitError, tryGit } from './run-git.ts';
import type { GitDeps } from './types.ts';

/*
 * Refs that a mirror has for our own use: apart from the branches and tags, so that nobody who asks for a branch is
 * ever given the commit of somebody's pull request.
 */

/** Where the mirror keeps a ref of the source that is neither a branch nor a tag. */
export function fetchedRef(ref: string): string {
  return `refs/polder/fetched/${inside(ref)}`;
}

/** Where the mirror keeps the merge that was made for the pull request of that ref. */
export function mergeRef(pullRef: string): string {
  return `refs/polder/merge/${inside(pullRef)}`;
}

/**
 * Drops what the mirror keeps for the pull request whose ref at the source this is, such as `refs/pull/7/head`. Its
 * commits stay for as long as a checkout has them. May be called twice.
 */
export async function forgetPullRef(deps: GitDeps, repoId: number, pullRef: string): Promise<void> {
  const gitDir = mirrorDir(deps, repoId);
  const names = [fetchedRef(pullRef), mergeRef(pullRef)];
  if (!existsSync(gitDir)) return;
  const activity = `dropping ${pullRef} of repo ${repoId}`;
  const input = names.map((name) => `delete ${name}\n`).join('');
  const dropped = await withoutStaleLocks(deps, gitDir, () =>
    tryGit(deps, { activity, gitDir, args: ['update-ref', '--stdin'], input }),
  );
  if ('reason' in dropped) throw gitError(activity, dropped);
}

/** `refs/pull/7/head` as `pull/7/head`. Such names are made by us from numbers: anything else is a mistake of ours. */
function inside(ref: string): string {
  const isPlain = /^refs(\/[\w-][\w.-]*)+$/.test(ref) && !/^refs\/(heads|tags|polder)\/|\.\.|\.lock(\/|$)/.test(ref);
  if (!isPlain) {
    throw new PolderError('git_failed', `fetching ${JSON.stringify(ref)}: it is not the ref of a pull request`);
  }
  return ref.slice('refs/'.length);
}
