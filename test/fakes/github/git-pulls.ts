import { execFileSync } from 'node:child_process';
import type { FakeFile, FakePull } from './state.ts';

function git(gitDir: string, ...args: readonly string[]): string {
  const identity = { GIT_AUTHOR_NAME: 'GitHub', GIT_AUTHOR_EMAIL: 'noreply@example.com' };
  const committer = { GIT_COMMITTER_NAME: 'GitHub', GIT_COMMITTER_EMAIL: 'noreply@example.com' };
  const env = { ...process.env, ...identity, ...committer };
  return execFileSync('git', ['-C', gitDir, ...args], { encoding: 'utf8', env }).trim();
}

/** The head of a pull request and what it changes, from the repository; `refs/pull/<number>/head` is set, as GitHub does. */
export function readPullFromGit(gitDir: string, of: { number: number; headBranch: string; baseBranch: string }) {
  const headSha = git(gitDir, 'rev-parse', `refs/heads/${of.headBranch}`);
  git(gitDir, 'update-ref', `refs/pull/${of.number}/head`, headSha);
  const lines = git(gitDir, 'diff', '--name-status', '-M', `${of.baseBranch}...${headSha}`).split('\n').filter(Boolean);
  return { headSha, files: lines.map(fileOf) };
}

const words: Readonly<Record<string, string>> = { A: 'added', M: 'modified', D: 'removed' };

function fileOf(line: string): FakeFile {
  const [kind = '', first = '', second] = line.split('\t');
  if (second !== undefined) return { filename: second, status: 'renamed', previous_filename: first };
  return { filename: first, status: words[kind] ?? 'changed' };
}

type Merged = Pick<FakePull, 'headSha' | 'baseBranch' | 'number'>;

/** Merges into the base branch, whatever the method, and gives the new commit. */
export function mergeInGit(gitDir: string, { headSha, baseBranch, number }: Merged): string {
  const base = git(gitDir, 'rev-parse', `refs/heads/${baseBranch}`);
  const tree = git(gitDir, 'merge-tree', '--write-tree', base, headSha);
  const message = `Merge pull request #${number}`;
  const commit = git(gitDir, 'commit-tree', tree, '-p', base, '-p', headSha, '-m', message);
  git(gitDir, 'update-ref', `refs/heads/${baseBranch}`, commit);
  return commit;
}
