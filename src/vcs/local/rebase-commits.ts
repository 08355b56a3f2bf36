import { type BuiltMerge, commitTree, conflicting, refused, treeOf } from './make-commit.ts';
import { mergeTrees } from './merge-trees.ts';
import { type Source, sourceGit } from './source-git.ts';

export type RebaseOrder = {
  readonly base: string;
  readonly head: string;
  /** The newest commit that is part of both. */
  readonly common: string;
  readonly committer: Readonly<Record<string, string>>;
};

/**
 * Puts the commits of the head on top of the base, one by one, each with its author and message. Those that change
 * nothing there are left out. Where the base is part of the head already, the head is the answer.
 */
export async function rebaseCommits(source: Source, order: RebaseOrder): Promise<BuiltMerge> {
  const { base, head, common, committer } = order;
  if (common === base) return { kind: 'commit', sha: head };
  const commits = await listCommits(source, base, head);
  if (commits.some(({ parents }) => parents.length !== 1)) {
    return refused('the branch has merges in it, which cannot be rebased');
  }
  let tip = base;
  let tree = await treeOf(source, base);
  for (const { sha, parents } of commits) {
    const picked = await pick(source, { sha, parent: parents[0] ?? '', ontoTree: tree, committer });
    if (picked.kind === 'conflict') return conflicting(picked.paths);
    if (picked.tree === tree) continue;
    const { message, author } = await describe(source, sha);
    tip = await commitTree(source, { tree: picked.tree, parents: [tip], message, env: { ...author, ...committer } });
    tree = picked.tree;
  }
  return tip === base ? { kind: 'nothing' } : { kind: 'commit', sha: tip };
}

async function listCommits(source: Source, base: string, head: string) {
  const args = ['rev-list', '--reverse', '--topo-order', '--parents', `${base}..${head}`];
  const { stdout } = await sourceGit(source, 'listing commits', { args });
  return stdout.split('\n').flatMap((line) => {
    const [sha = '', ...parents] = line.split(' ');
    return sha === '' ? [] : [{ sha, parents }];
  });
}

type Picking = {
  readonly sha: string;
  readonly parent: string;
  readonly ontoTree: string;
  readonly committer: Readonly<Record<string, string>>;
};

/**
 * The tree that one commit makes of another tree. Two helping commits, whose parent has the tree of the commit's own
 * parent, make that parent the base of the merge; git can be told so directly from 2.40 on (`--merge-base`).
 */
async function pick(source: Source, { sha, parent, ontoTree, committer }: Picking) {
  const author = Object.entries(committer).map(([key, value]) => [key.replace('COMMITTER', 'AUTHOR'), value]);
  const env = { ...committer, ...(Object.fromEntries(author) as Record<string, string>) };
  const make = (tree: string, parents: readonly string[]) =>
    commitTree(source, { tree, parents, message: 'Helps to rebase', env });
  const root = await make(await treeOf(source, parent), []);
  const ours = await make(ontoTree, [root]);
  const theirs = await make(await treeOf(source, sha), [root]);
  return mergeTrees(source, { ours, theirs });
}

async function describe(source: Source, sha: string) {
  const args = [
    'show',
    '--no-patch',
    '--no-show-signature',
    '--no-color',
    '--no-mailmap',
    '--date=raw',
    '--format=%an%x00%ae%x00%ad%x00%B',
    sha,
  ];
  const { stdout } = await sourceGit(source, 'reading a commit', { args });
  const [name = '', mail = '', date = '', message = ''] = stdout.split('\0');
  return {
    message: message.trimEnd(),
    author: { GIT_AUTHOR_NAME: name || 'unknown', GIT_AUTHOR_EMAIL: mail, GIT_AUTHOR_DATE: date },
  };
}
