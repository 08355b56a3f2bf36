import { randomUUID } from 'node:crypto';
import { mirrorDir } from './layout.ts';
import { runGit } from './run-git.ts';
import type { GitDeps } from './types.ts';

type Commit = { readonly repoId: number; readonly sha: string };

/** What is larger is no text that anybody wrote. */
const largestFile = 1024 * 1024;
const mostListBytes = 128 * 1024 * 1024;
const fewPaths = 100;
/** How much is read, and so kept in memory, at a time; at least one file is. */
const mostBytesAtOnce = 4 * 1024 * 1024;

/**
 * The texts of many files of a commit that the mirror has, in the order of the paths, with few processes. Left out are
 * paths at which there is no file or a symbolic link, and files of more than 1 MiB.
 */
export async function* readFiles(
  deps: GitDeps,
  commit: Commit,
  paths: readonly string[],
): AsyncGenerator<{ readonly path: string; readonly text: string }> {
  const blobs = await findBlobs(deps, commit, paths);
  for (let from = 0; from < blobs.length; ) {
    let bytes = 0;
    let to = from;
    for (; to < blobs.length && (to === from || bytes < mostBytesAtOnce); to += 1) bytes += blobs[to]?.size ?? 0;
    const some = blobs.slice(from, to);
    const texts = await readBlobs(deps, commit, some);
    for (const [index, { path }] of some.entries()) yield { path, text: texts[index] ?? '' };
    from = to;
  }
}

type Blob = { readonly path: string; readonly id: string; readonly size: number };

/** Listing a whole tree is faster than finding each of many paths in it. */
async function findBlobs(deps: GitDeps, { repoId, sha }: Commit, paths: readonly string[]): Promise<Blob[]> {
  const wanted = new Set(paths);
  if (wanted.size === 0) return [];
  const { stdout } = await runGit(deps, {
    activity: `finding files of commit ${sha}`,
    gitDir: mirrorDir(deps, repoId),
    args: ['ls-tree', '-r', '-l', '-z', '--full-tree', sha, '--', ...(wanted.size <= fewPaths ? wanted : [])],
    maxBytes: mostListBytes,
  });
  const blobs = new Map<string, Blob>();
  for (const entry of stdout.split('\0')) {
    const tab = entry.indexOf('\t');
    const path = entry.slice(tab + 1);
    if (!wanted.has(path)) continue;
    const [, id, bytes] = /^100\d{3} blob (\S+) +(\d+)$/.exec(entry.slice(0, tab)) ?? [];
    const size = Number(bytes);
    if (id !== undefined && size <= largestFile) blobs.set(path, { path, id, size });
  }
  return paths.flatMap((path) => blobs.get(path) ?? []);
}

async function readBlobs(deps: GitDeps, { repoId, sha }: Commit, blobs: readonly Blob[]): Promise<string[]> {
  // Sizes are of bytes, and what is no UTF-8 has other lengths here: a word that nobody could know stands between files.
  const border = randomUUID();
  const { stdout } = await runGit(deps, {
    activity: `reading files of commit ${sha}`,
    gitDir: mirrorDir(deps, repoId),
    args: ['cat-file', '--buffer', `--batch=${border}`],
    input: blobs.map(({ id }) => `${id}\n`).join(''),
    // Half of the bytes that are kept are the end of the output: see `ProcessOutput`.
    maxBytes: 2 * blobs.reduce((sum, { size }) => sum + size + border.length + 2, 0),
  });
  return stdout
    .split(`${border}\n`)
    .slice(1)
    .map((text) => text.slice(0, -1));
}
