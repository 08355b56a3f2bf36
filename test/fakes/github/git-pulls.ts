import { type ChangedFile, mergeInGit, readBranch } from '../git-repository.ts';
import type { FakeFile, FakePull } from './state.ts';

type Branches = Pick<FakePull, 'number' | 'headBranch' | 'baseBranch'>;
type Merging = Pick<FakePull, 'number' | 'headSha' | 'baseBranch'>;

/** The head and the files of a pull request, from the repository. */
export function readPull(gitDir: string, { number, headBranch, baseBranch }: Branches) {
  const { headSha, files } = readBranch(gitDir, { headBranch, baseBranch, headRef: `refs/pull/${number}/head` });
  return { headSha, files: files.map(fileOf) };
}

const words: Readonly<Record<string, string>> = { A: 'added', M: 'modified', D: 'removed' };

function fileOf({ kind, from, to }: ChangedFile): FakeFile {
  if (from !== to) return { filename: to, status: 'renamed', previous_filename: from };
  return { filename: to, status: words[kind] ?? 'changed' };
}

/** Merges into the base branch, whatever the method, and gives the new commit. */
export function mergePull(gitDir: string, { headSha, baseBranch, number }: Merging): string {
  return mergeInGit(gitDir, { headSha, baseBranch, message: `Merge pull request #${number}` });
}
