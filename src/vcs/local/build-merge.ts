import type { MergeMethod } from '../index.ts';
import { type BuiltMerge, commitTree, conflicting, refused, treeOf } from './make-commit.ts';
import { mergeTrees } from './merge-trees.ts';
import { rebaseCommits } from './rebase-commits.ts';
import { mergeBase, type Source } from './source-git.ts';

export type MergeOrder = {
  readonly method: MergeMethod;
  /** Where the base branch is, and the head. */
  readonly base: string;
  readonly head: string;
  readonly title: string;
  readonly body: string;
  /** The login of whoever merges. */
  readonly by: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
};

/** Makes the commits of a merge in the repository, and moves no branch. */
export async function buildMerge(source: Source, order: MergeOrder): Promise<BuiltMerge> {
  const { base, head, method } = order;
  const common = await mergeBase(source, base, head);
  if (common === undefined) return refused('the branches have no history in common');
  if (common === head) return { kind: 'nothing' };
  const { author, committer } = identities(order);
  if (method === 'rebase') return rebaseCommits(source, { base, head, common, committer });
  const merged = await mergeTrees(source, { ours: base, theirs: head });
  if (merged.kind === 'conflict') return conflicting(merged.paths);
  if (method === 'squash' && merged.tree === (await treeOf(source, base))) return { kind: 'nothing' };
  const sha = await commitTree(source, {
    tree: merged.tree,
    parents: method === 'squash' ? [base] : [base, head],
    message: order.body === '' ? order.title : `${order.title}\n\n${order.body}`,
    env: { ...author, ...committer },
  });
  return { kind: 'commit', sha };
}

const email = 'polder@localhost';

function identities({ by, at }: MergeOrder) {
  // Git refuses a name of which nothing is left once it has taken out what it does not like.
  const name = /[\p{L}\p{N}]/u.test(by) ? by.replace(/[<>\p{Cc}]/gu, ' ') : 'Polder';
  const date = `${Math.floor(at / 1000)} +0000`;
  return {
    author: { GIT_AUTHOR_NAME: name, GIT_AUTHOR_EMAIL: email, GIT_AUTHOR_DATE: date },
    committer: { GIT_COMMITTER_NAME: 'Polder', GIT_COMMITTER_EMAIL: email, GIT_COMMITTER_DATE: date },
  };
}
