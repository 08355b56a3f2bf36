import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Paths in the repository, with their content. */
export type Files = Readonly<Record<string, string | Uint8Array>>;

/** Fixed people and times make the same commits, with the same ids, everywhere. */
const environment = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_TERMINAL_PROMPT: '0',
  GIT_AUTHOR_NAME: 'Ada Author',
  GIT_AUTHOR_EMAIL: 'ada@example.com',
  GIT_AUTHOR_DATE: '2024-01-02T03:04:05Z',
  GIT_COMMITTER_NAME: 'Ada Author',
  GIT_COMMITTER_EMAIL: 'ada@example.com',
  GIT_COMMITTER_DATE: '2024-01-02T03:04:05Z',
};

// `gc` would leave a process in the background, busy in a folder that the test wants to remove.
const settings = ['-c', 'init.defaultBranch=main', '-c', 'gc.auto=0', '-c', 'maintenance.auto=false'];

/** Runs git in `dir`; gives what it printed, without the last line break. */
export async function git(dir: string, ...args: string[]): Promise<string> {
  const { stdout } = await run('git', [...settings, '-C', dir, ...args], {
    env: { ...process.env, ...environment },
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout.replace(/\n$/, '');
}

/** Makes a repository in `dir` (which is made, too), on branch `main`, with one commit of `files`. Gives the commit. */
export async function makeRepo(dir: string, files: Files): Promise<string> {
  await mkdir(dir, { recursive: true });
  await git(dir, 'init', '--quiet');
  return commitFiles(dir, files, 'First');
}

/** Makes a bare repository in `dir` with what `source` has. */
export async function makeBareRepo(dir: string, source: string): Promise<void> {
  await git(source, 'clone', '--quiet', '--bare', source, dir);
}

/** Writes `files` and commits everything that is in the work tree. Gives the commit. */
export async function commitFiles(dir: string, files: Files, message = 'Change'): Promise<string> {
  await writeFiles(dir, files);
  await git(dir, 'add', '--all');
  await git(dir, 'commit', '--quiet', '--allow-empty', '--message', message);
  return git(dir, 'rev-parse', 'HEAD');
}

/** Makes a branch at what is checked out, and checks it out. */
export async function makeBranch(dir: string, name: string): Promise<void> {
  await git(dir, 'switch', '--quiet', '--create', name);
}

/** Makes many branches at once, each one commit away from `main`: with these files changed. */
export async function addBranches(
  dir: string,
  branches: readonly { readonly branch: string; readonly files: Readonly<Record<string, string>> }[],
): Promise<void> {
  const data = (text: string) => `data ${Buffer.byteLength(text)}\n${text}\n`;
  const commits = branches.map(({ branch, files }) => {
    const changes = Object.entries(files).map(([path, text]) => `M 100644 inline ${path}\n${data(text)}`);
    const author = `committer Ada Author <ada@example.com> 1704164645 +0000\n`;
    return `commit refs/heads/${branch}\n${author}${data(branch)}from refs/heads/main^0\n${changes.join('')}`;
  });
  const importing = run('git', ['-C', dir, 'fast-import', '--quiet'], { env: { ...process.env, ...environment } });
  importing.child.stdin?.end(commits.join(''));
  await importing;
}

/** Writes files below `dir`, with the folders they need. */
export async function writeFiles(dir: string, files: Files): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), content);
  }
}
