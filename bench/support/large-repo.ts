import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';

export type Commit = {
  readonly branch: string;
  /** The branch that it grows from; none for the first commit of all. */
  readonly from?: string;
  readonly files: Iterable<readonly [path: string, text: string]>;
};

/** Makes a bare repository of these commits, each on its branch: not with `git add`, which is slow with many files. */
export function makeLargeRepo(dir: string, commits: readonly Commit[]): void {
  mkdirSync(dir, { recursive: true });
  execFileSync('git', ['init', '--quiet', '--bare', '--initial-branch=main', dir]);
  for (const commit of commits) addCommit(dir, commit);
}

export function addCommit(dir: string, { branch, from, files }: Commit): void {
  const data = (text: string) => `data ${Buffer.byteLength(text)}\n${text}\n`;
  const head = `commit refs/heads/${branch}\ncommitter B <b@bench.test> 1704164645 +0000\n${data(branch)}`;
  const parent = from === undefined ? '' : `from refs/heads/${from}^0\n`;
  const changes = [...files].map(([path, text]) => `M 100644 inline ${path}\n${data(text)}`).join('');
  execFileSync('git', ['-C', dir, 'fast-import', '--quiet', '--force'], { input: `${head}${parent}${changes}` });
}

export function headOf(dir: string, branch: string): string {
  return execFileSync('git', ['-C', dir, 'rev-parse', branch], { encoding: 'utf8' }).trim();
}

/** Points a pull request's ref at its head, as GitHub does. */
export function setPullRef(dir: string, number: number, sha: string): void {
  execFileSync('git', ['-C', dir, 'update-ref', `refs/pull/${number}/head`, sha]);
}
