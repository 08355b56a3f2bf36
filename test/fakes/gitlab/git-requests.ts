import { mergeInGit, readBranch } from '../git-repository.ts';
import type { FakeDiff, FakeRequest } from './state.ts';

type Branches = Pick<FakeRequest, 'iid' | 'sourceBranch' | 'targetBranch'>;

/** The head and the diffs of a merge request, from the repository. */
export function readRequest(
  gitDir: string,
  { iid, sourceBranch: headBranch, targetBranch: baseBranch }: Branches,
): { sha: string; diffs: FakeDiff[] } {
  const headRef = `refs/merge-requests/${iid}/head`;
  const { headSha, files } = readBranch(gitDir, { headBranch, baseBranch, headRef });
  return { sha: headSha, diffs: files.map(({ from, to }) => ({ old_path: from, new_path: to })) };
}

/** Merges into the target branch. */
export function mergeRequest(gitDir: string, { sha, targetBranch, sourceBranch }: FakeRequest): void {
  const message = `Merge branch '${sourceBranch}' into '${targetBranch}'`;
  mergeInGit(gitDir, { headSha: sha, baseBranch: targetBranch, message });
}
