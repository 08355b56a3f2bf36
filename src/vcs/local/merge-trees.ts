import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isPolderError, PolderError } from '../../lib/errors.ts';
import { type Source, sourceGit } from './source-git.ts';

export type TreeMerge =
  | { readonly kind: 'clean'; readonly tree: string }
  | { readonly kind: 'conflict'; readonly paths: readonly string[] };

type TwoCommits = { readonly ours: string; readonly theirs: string };

/** Whether two commits can be merged, without leaving anything behind. */
export async function tryMerge(source: Source, commits: TwoCommits): Promise<TreeMerge> {
  return withScratch(source, (scratch) => mergeInto(source, commits, { GIT_DIR: scratch }));
}

/** The same, with the merged tree left in the repository. Needs git 2.38: `git merge-tree --write-tree`. */
export async function mergeTrees(source: Source, commits: TwoCommits): Promise<TreeMerge> {
  const objects = join(source.repository.gitDir, 'objects');
  return withScratch(source, (scratch) =>
    mergeInto(source, commits, { GIT_DIR: scratch, GIT_OBJECT_DIRECTORY: objects }),
  );
}

async function mergeInto(
  source: Source,
  { ours, theirs }: TwoCommits,
  env: Record<string, string>,
): Promise<TreeMerge> {
  const args = ['merge-tree', '--write-tree', '-z', '--name-only', '--no-messages', ours, theirs];
  const { code, stdout } = await sourceGit(source, 'merging', { args, env, codes: [0, 1] }).catch(explainOldGit);
  const [tree = '', ...paths] = stdout.split('\0').filter((part) => part !== '');
  return code === 0 ? { kind: 'clean', tree } : { kind: 'conflict', paths };
}

function explainOldGit(error: unknown): never {
  if (!isPolderError(error) || !/\busage: git merge-tree\b/.test(error.message)) throw error;
  throw new PolderError('host_refused', 'merging: this needs git 2.38 or newer', { cause: error });
}

/**
 * An empty repository of our own that reads the objects of the source. Merge drivers are programs, and a repository's
 * configuration may name any: here it plays no part (gitattributes(5), "Defining a custom merge driver").
 */
async function withScratch<T>({ git, repository }: Source, work: (dir: string) => Promise<T>): Promise<T> {
  const scratch = await mkdtemp(join(git.dataDir, 'merge-'));
  try {
    await mkdir(join(scratch, 'objects/info'), { recursive: true });
    await mkdir(join(scratch, 'refs'));
    await writeFile(join(scratch, 'HEAD'), 'ref: refs/heads/main\n');
    await writeFile(join(scratch, 'objects/info/alternates'), `${join(repository.gitDir, 'objects')}\n`);
    return await work(scratch);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
