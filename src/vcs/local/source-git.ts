import { type GitCall, type GitDeps, type GitOutput, tryGit } from '../../git/index.ts';
import { PolderError } from '../../lib/errors.ts';
import type { LocalRepository } from './find-repository.ts';

/** A repository, and how git is run on it. */
export type Source = { readonly git: GitDeps; readonly repository: LocalRepository };

/** Runs git on the repository. Throws `host_refused`, or `disk_full`, with git's own words. */
export async function sourceGit(
  { git, repository }: Source,
  activity: string,
  call: Omit<GitCall, 'activity'>,
): Promise<GitOutput> {
  const env = { GIT_NO_REPLACE_OBJECTS: '1', ...call.env };
  const result = await tryGit(git, { activity, gitDir: repository.gitDir, ...call, env });
  if (!('reason' in result)) return result;
  const message = `${activity} in ${repository.fullName}: ${result.reason}`;
  throw new PolderError(result.diskFull ? 'disk_full' : 'host_refused', message);
}

/** More names than this are not put into one command line. */
const mostNames = 500;

/** The commits of those branches that exist. The names were checked. */
export async function branchTips(source: Source, branches: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const wanted = new Set(branches);
  const patterns = wanted.size > mostNames ? ['refs/heads/'] : [...wanted].map((branch) => `refs/heads/${branch}`);
  const { stdout } = await sourceGit(source, 'looking up branches', {
    args: ['for-each-ref', '--format=%(objectname) %(refname)', '--', ...patterns],
  });
  const tips = new Map<string, string>();
  for (const line of stdout.split('\n')) {
    const branch = line.slice(line.indexOf(' ') + 1).replace(/^refs\/heads\//, '');
    if (wanted.has(branch)) tips.set(branch, line.slice(0, line.indexOf(' ')));
  }
  return tips;
}

/** The newest commit that is part of both; undefined when they have no history in common. */
export async function mergeBase(source: Source, one: string, other: string): Promise<string | undefined> {
  const args = ['merge-base', one, other];
  const { code, stdout } = await sourceGit(source, 'comparing commits', { args, codes: [0, 1] });
  return code === 0 ? stdout.trim() : undefined;
}

/** What differs between two commits, or all of the second: both paths of a renamed file. */
export async function changedPaths(source: Source, from: string | undefined, to: string): Promise<string[]> {
  const args =
    from === undefined
      ? ['ls-tree', '-r', '-z', '--name-only', '--full-tree', to]
      : ['diff-tree', '-r', '-z', '--name-only', '--no-renames', from, to];
  const { stdout } = await sourceGit(source, 'listing changed files', { args, maxBytes: 128 * 1024 * 1024 });
  return stdout.split('\0').filter((path) => path !== '');
}

/** The folder of the work tree that has the branch checked out; undefined when none has. */
export async function workTreeOf(source: Source, branch: string): Promise<string | undefined> {
  const { stdout } = await sourceGit(source, 'listing work trees', { args: ['worktree', 'list', '--porcelain'] });
  const blocks = stdout.split('\n\n').map((block) => block.split('\n'));
  const found = blocks.find((lines) => lines.includes(`branch refs/heads/${branch}`));
  return found?.find((line) => line.startsWith('worktree '))?.slice('worktree '.length);
}

/**
 * Moves a branch from one commit to another (or away, for null). False when it was no longer there, and nothing is
 * changed then.
 */
export async function moveBranch(
  source: Source,
  branch: string,
  { from, to }: { readonly from: string; readonly to: string | null },
): Promise<boolean> {
  const ref = `refs/heads/${branch}`;
  const args = to === null ? ['update-ref', '-d', ref, from] : ['update-ref', '-m', 'polder: merge', ref, to, from];
  const moved = await tryGit(source.git, { activity: 'moving a branch', gitDir: source.repository.gitDir, args });
  if (!('reason' in moved)) return true;
  const now = (await branchTips(source, [branch])).get(branch);
  if (now !== from) return now !== undefined && now === to;
  throw new PolderError('host_refused', `moving ${branch} in ${source.repository.fullName}: ${moved.reason}`);
}
