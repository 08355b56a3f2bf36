import { checkRef } from './check-ref.ts';
import { mirrorDir } from './layout.ts';
import { looseRef } from './loose-ref.ts';
import { type GitCall, type GitOutput, runGit } from './run-git.ts';
import type { GitDeps } from './types.ts';

/*
 * How commits of a mirror stand to each other. All ids are full, and of commits that the mirror has, unless it says
 * otherwise.
 */

/**
 * Whether the mirror of the repo has the commit. False, too, for a repo that was never fetched, and for one whose mirror is
 * damaged, until it is fetched again. Never fetches.
 */
export async function hasCommit(deps: GitDeps, repoId: number, sha: string): Promise<boolean> {
  if (!/^[0-9a-f]{40,64}$/.test(sha) || deps.damaged.has(repoId)) return false;
  const mirror = mirrorDir(deps, repoId);
  if (deps.seenCommits.has(mirror, sha)) return true;
  const { code } = await ask(deps, repoId, { args: ['cat-file', '-e', `${sha}^{commit}`], codes: [0, 1, 128] });
  if (code === 0) deps.seenCommits.note(mirror, sha);
  return code === 0;
}

/**
 * Whether the commit was just fetched as the tip of this branch: then the mirror has it, and `hasCommit` need not ask git any
 * more. False says nothing.
 */
export function isFetchedTip(
  deps: GitDeps,
  repoId: number,
  { branch, sha }: { readonly branch: string; readonly sha: string },
): boolean {
  const ref = `refs/heads/${branch}`;
  const mirror = mirrorDir(deps, repoId);
  if (checkRef(ref).kind === 'unsafe' || looseRef(mirror, ref) !== sha) return false;
  deps.seenCommits.note(mirror, sha);
  return true;
}

/** True when `ancestor` is `descendant` or part of its history. */
export async function isAncestor(
  deps: GitDeps,
  repoId: number,
  commits: { readonly ancestor: string; readonly descendant: string },
): Promise<boolean> {
  const args = ['merge-base', '--is-ancestor', commits.ancestor, commits.descendant];
  const { code } = await ask(deps, repoId, { args, codes: [0, 1] });
  return code === 0;
}

/** Where the histories of the two commits parted; undefined when they have nothing in common. */
export async function mergeBase(
  deps: GitDeps,
  repoId: number,
  commits: readonly [string, string],
): Promise<string | undefined> {
  const { code, stdout } = await ask(deps, repoId, { args: ['merge-base', ...commits], codes: [0, 1] });
  return code === 0 ? stdout.trim() : undefined;
}

/** How many commits of `base` are not part of the history of `head`. */
export async function commitsBehind(
  deps: GitDeps,
  repoId: number,
  commits: { readonly head: string; readonly base: string },
): Promise<number> {
  const args = ['rev-list', '--count', `${commits.head}..${commits.base}`, '--'];
  const { stdout } = await ask(deps, repoId, { args });
  return Number(stdout);
}

/**
 * The messages of commits of `head` that are not part of the history of `base`, the newest `most` first. None when the
 * mirror lacks one of the two. Never fetches.
 */
export async function messagesSince(
  deps: GitDeps,
  repoId: number,
  commits: { readonly head: string; readonly base: string; readonly most: number },
): Promise<string[]> {
  const range = `${commits.base}..${commits.head}`;
  const args = ['log', '-z', '--format=%B', `--max-count=${commits.most}`, range, '--'];
  const { code, stdout } = await ask(deps, repoId, { args, codes: [0, 128] });
  return code === 0 ? stdout.split('\0').filter((message) => message !== '') : [];
}

async function ask(deps: GitDeps, repoId: number, call: Pick<GitCall, 'args' | 'codes'>): Promise<GitOutput> {
  const activity = `comparing commits of repo ${repoId}`;
  return runGit(deps, { ...call, activity, gitDir: mirrorDir(deps, repoId) });
}
