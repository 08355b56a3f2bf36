import { execFileSync } from 'node:child_process';

/* What a fake host does in the bare repositories that are behind it. */

function git(gitDir: string, ...args: readonly string[]): string {
  const author = { GIT_AUTHOR_NAME: 'The host', GIT_AUTHOR_EMAIL: 'noreply@example.com' };
  const committer = { GIT_COMMITTER_NAME: 'The host', GIT_COMMITTER_EMAIL: 'noreply@example.com' };
  const env = { ...process.env, ...author, ...committer };
  const stdio = ['ignore', 'pipe', 'ignore'] as const;
  return execFileSync('git', ['-C', gitDir, ...args], { encoding: 'utf8', env, stdio: [...stdio] });
}

function commitOf(gitDir: string, branch: string): string {
  return git(gitDir, 'rev-parse', `refs/heads/${branch}`).trim();
}

/** `kind` is git's letter, such as `A`; both paths are the same but of a renamed file. */
export type ChangedFile = { readonly kind: string; readonly from: string; readonly to: string };

/** The head of a branch, and the files that it changes. `headRef` is set to the head, as hosts do for pull requests. */
export function readBranch(
  gitDir: string,
  of: { readonly headBranch: string; readonly baseBranch: string; readonly headRef: string },
): { readonly headSha: string; readonly files: readonly ChangedFile[] } {
  const headSha = commitOf(gitDir, of.headBranch);
  git(gitDir, 'update-ref', of.headRef, headSha);
  const lines = git(gitDir, 'diff', '--name-status', '-M', `${of.baseBranch}...${headSha}`).split('\n').filter(Boolean);
  return { headSha, files: lines.map(changeOf) };
}

function changeOf(line: string): ChangedFile {
  const [kind = '', from = '', to = from] = line.split('\t');
  return { kind: kind.charAt(0), from, to };
}

/** Merges a commit into a branch, whatever the method, and gives the new commit. */
export function mergeInGit(
  gitDir: string,
  { headSha, baseBranch, message }: { readonly headSha: string; readonly baseBranch: string; readonly message: string },
): string {
  const base = commitOf(gitDir, baseBranch);
  const tree = git(gitDir, 'merge-tree', '--write-tree', base, headSha).trim();
  const commit = git(gitDir, 'commit-tree', tree, '-p', base, '-p', headSha, '-m', message).trim();
  git(gitDir, 'update-ref', `refs/heads/${baseBranch}`, commit);
  return commit;
}

/** Undefined also where there is no repository. */
export function fileInGit(gitDir: string | null, ref: string, path: string): string | undefined {
  if (gitDir === null) return undefined;
  try {
    return git(gitDir, 'cat-file', 'blob', `${ref}:${path}`);
  } catch {
    return undefined;
  }
}

/** Whether there was such a branch. */
export function deleteInGit(gitDir: string, branch: string): boolean {
  try {
    git(gitDir, 'update-ref', '--no-deref', '-d', `refs/heads/${branch}`, commitOf(gitDir, branch));
    return true;
  } catch {
    return false;
  }
}
