import { execFileSync } from 'node:child_process';
import type { FakeDiff, FakeRequest } from './state.ts';

function git(gitDir: string, ...args: readonly string[]): string {
  const identity = { GIT_AUTHOR_NAME: 'GitLab', GIT_AUTHOR_EMAIL: 'noreply@example.com' };
  const committer = { GIT_COMMITTER_NAME: 'GitLab', GIT_COMMITTER_EMAIL: 'noreply@example.com' };
  const env = { ...process.env, ...identity, ...committer };
  return execFileSync('git', ['-C', gitDir, ...args], {
    encoding: 'utf8',
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

type Branches = { readonly iid: number; readonly sourceBranch: string; readonly targetBranch: string };

/** The head of a merge request and what it changes, from the repository; its ref is set, as GitLab does. */
export function readRequestFromGit(gitDir: string, of: Branches): { sha: string; diffs: FakeDiff[] } {
  const sha = git(gitDir, 'rev-parse', `refs/heads/${of.sourceBranch}`).trim();
  git(gitDir, 'update-ref', `refs/merge-requests/${of.iid}/head`, sha);
  const lines = git(gitDir, 'diff', '--name-status', '-M', `${of.targetBranch}...${sha}`).split('\n').filter(Boolean);
  return { sha, diffs: lines.map(diffOf) };
}

function diffOf(line: string): FakeDiff {
  const [, from = '', to] = line.split('\t');
  return { old_path: from, new_path: to ?? from };
}

/** Merges into the target branch. */
export function mergeInGit(gitDir: string, { sha, targetBranch, sourceBranch }: FakeRequest): void {
  const target = git(gitDir, 'rev-parse', `refs/heads/${targetBranch}`).trim();
  const tree = git(gitDir, 'merge-tree', '--write-tree', target, sha).trim();
  const message = `Merge branch '${sourceBranch}' into '${targetBranch}'`;
  const commit = git(gitDir, 'commit-tree', tree, '-p', target, '-p', sha, '-m', message).trim();
  git(gitDir, 'update-ref', `refs/heads/${targetBranch}`, commit);
}

export function fileInGit(gitDir: string, ref: string, path: string): string | undefined {
  try {
    return git(gitDir, 'cat-file', 'blob', `${ref}:${path}`);
  } catch {
    return undefined;
  }
}

/** Whether there was such a branch. */
export function deleteInGit(gitDir: string, branch: string): boolean {
  try {
    git(
      gitDir,
      'update-ref',
      '--no-deref',
      '-d',
      `refs/heads/${branch}`,
      git(gitDir, 'rev-parse', `refs/heads/${branch}`).trim(),
    );
    return true;
  } catch {
    return false;
  }
}
