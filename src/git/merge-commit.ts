import { PolderError } from '../lib/errors.ts';
import { isAncestor } from './commit-graph.ts';
import { isAtLeast } from './git-version.ts';
import { mirrorDir } from './layout.ts';
import { withoutStaleLocks } from './mirror-repair.ts';
import { mergeRef } from './private-refs.ts';
import { gitError, runGit, tryGit } from './run-git.ts';
import type { GitDeps } from './types.ts';

export type MergedCommit =
  /** A commit with the parents `base` and `head`, in this order. */
  | { readonly kind: 'merged'; readonly sha: string }
  /** `head` is part of `base` already, whose id this is. */
  | { readonly kind: 'up_to_date'; readonly sha: string }
  /** What git says of it: the files, and what is wrong with each. */
  | { readonly kind: 'conflict'; readonly text: string };

export type MergeOrder = {
  /** Full ids of commits that the mirror has. */
  readonly base: string;
  readonly head: string;
  /** For whose pull request it is, such as `refs/pull/7/head`: the merge is kept until the next one or `forgetPullRef`. */
  readonly pullRef: string;
};

/** The first version whose `merge-tree` has `--write-tree`. */
const mergingGit = [2, 38] as const;

const longestConflict = 20_000;

/**
 * Merges `head` into `base`, as the host would, without touching any branch or any folder of files. The same two
 * commits always give the same id, so it may be called again at any time. Throws `git_failed`, also when the installed
 * git cannot do this.
 */
export async function mergeCommit(deps: GitDeps, repoId: number, order: MergeOrder): Promise<MergedCommit> {
  const { base, head } = order;
  const activity = `merging commit ${head} into ${base}`;
  if (!isAtLeast(deps.version, mergingGit)) {
    const needed = `git ${mergingGit.join('.')} or newer is needed for it`;
    throw new PolderError('git_failed', `${activity}: ${needed}, this server has ${deps.version.join('.')}`);
  }
  const [isMerged, tree, date] = await Promise.all([
    isAncestor(deps, repoId, { ancestor: head, descendant: base }),
    mergeTrees(deps, repoId, { ...order, activity }),
    laterDate(deps, repoId, { ...order, activity }),
  ]);
  if (isMerged) return { kind: 'up_to_date', sha: base };
  if (tree.kind === 'conflict') return tree;
  const gitDir = mirrorDir(deps, repoId);
  const { stdout } = await runGit(deps, {
    activity,
    gitDir,
    args: ['commit-tree', tree.id, '-p', base, '-p', head, '-m', 'atlantis-merge'],
    env: authorship(date),
  });
  const sha = stdout.trim();
  const args = ['update-ref', mergeRef(order.pullRef), sha];
  const kept = await withoutStaleLocks(deps, gitDir, () => tryGit(deps, { activity, gitDir, args }));
  if ('reason' in kept) throw gitError(activity, kept);
  return { kind: 'merged', sha };
}

type Question = MergeOrder & { readonly activity: string };
type MergedTree = { readonly kind: 'tree'; readonly id: string } | Extract<MergedCommit, { kind: 'conflict' }>;

async function mergeTrees(deps: GitDeps, repoId: number, question: Question): Promise<MergedTree> {
  const { base, head, activity } = question;
  const result = await tryGit(deps, {
    activity,
    gitDir: mirrorDir(deps, repoId),
    args: ['merge-tree', '--write-tree', '--name-only', '--messages', base, head],
    codes: [0, 1],
  });
  if ('reason' in result) {
    // Not a fault: nobody can merge these.
    if (result.reason.includes('unrelated histories')) return { kind: 'conflict', text: result.reason };
    throw gitError(activity, result);
  }
  const id = result.stdout.split('\n', 1)[0] ?? '';
  if (result.code === 0) return { kind: 'tree', id };
  // After the tree and the names of the files, an empty line, and then what a person would be told.
  const messages = result.stdout.slice(result.stdout.indexOf('\n\n') + 2);
  return { kind: 'conflict', text: messages.trim().slice(0, longestConflict) };
}

/** The time of the merge, in seconds: a moment that follows from the commits alone. */
async function laterDate(deps: GitDeps, repoId: number, { base, head, activity }: Question): Promise<number> {
  const { stdout } = await runGit(deps, {
    activity,
    gitDir: mirrorDir(deps, repoId),
    args: ['log', '--no-walk', '--format=%ct', base, head, '--'],
  });
  return Math.max(...stdout.trim().split('\n').map(Number));
}

/** Hooks and steps that look at the merge find the names that they know from Atlantis. */
function authorship(date: number): Record<string, string> {
  const person = { NAME: 'atlantis', EMAIL: 'atlantis@runatlantis.io', DATE: `@${date} +0000` };
  const entries = Object.entries(person);
  return Object.fromEntries(
    ['AUTHOR', 'COMMITTER'].flatMap((role) => entries.map(([key, value]) => [`GIT_${role}_${key}`, value])),
  );
}
