import { posix } from 'node:path';
import { PolderError } from '../lib/errors.ts';
import { mirrorDir } from './layout.ts';
import { gitError, runGit, tryGit } from './run-git.ts';
import type { Checkout, GitDeps } from './types.ts';

export type CommitFile =
  | { readonly kind: 'file'; readonly text: string }
  | { readonly kind: 'missing' }
  /** `size` in bytes. */
  | { readonly kind: 'too_large'; readonly size: number }
  /** A folder, a symbolic link or a submodule. */
  | { readonly kind: 'not_a_file' };

/** `path` is relative to the root of the repository. */
export type TreeEntry = { readonly path: string; readonly kind: 'file' | 'executable' | 'submodule' } | SymlinkEntry;

/** `object` is the id of what holds its target. */
export type SymlinkEntry = { readonly path: string; readonly kind: 'symlink'; readonly object: string };

/** Any other mode is a file's: some were written by old programs. */
const kindOfMode: Readonly<Record<string, TreeEntry['kind'] | 'folder'>> = {
  '040000': 'folder',
  '100755': 'executable',
  '120000': 'symlink',
  '160000': 'submodule',
};

const mostEntries = 1_000_000;
const mostListBytes = 128 * 1024 * 1024;

/**
 * A file of a commit as UTF-8 text, straight from the mirror. Symbolic links are not followed: neither the file nor a
 * folder on its way may be one. `sha` is a full commit id.
 */
export async function readFile(
  deps: GitDeps,
  commit: { readonly repoId: number; readonly sha: string },
  file: { readonly path: string; readonly maxBytes: number },
): Promise<CommitFile> {
  const activity = `reading ${file.path} of commit ${commit.sha}`;
  const entry = await findEntry(deps, { ...commit, activity, path: file.path });
  if (!entry) return { kind: 'missing' };
  if (entry.kind !== 'file' && entry.kind !== 'executable') return { kind: 'not_a_file' };
  if (entry.size > file.maxBytes) return { kind: 'too_large', size: entry.size };
  const { stdout } = await runGit(deps, {
    activity,
    gitDir: mirrorDir(deps, commit.repoId),
    args: ['cat-file', 'blob', entry.object],
    // Half of the bytes that are kept are the end of the output: see `ProcessOutput`.
    maxBytes: entry.size + 1,
  });
  return { kind: 'file', text: stdout };
}

/** All files of a commit, in git's order. Throws `git_failed` for more than a million of them. */
export async function listTree(
  deps: GitDeps,
  commit: { readonly repoId: number; readonly sha: string },
  options: { readonly mostEntries?: number } = {},
): Promise<TreeEntry[]> {
  const activity = `listing the files of commit ${commit.sha}`;
  const limit = options.mostEntries ?? mostEntries;
  const { stdout } = await runGit(deps, {
    activity,
    gitDir: mirrorDir(deps, commit.repoId),
    args: ['ls-tree', '-r', '-z', '--full-tree', commit.sha],
    maxBytes: mostListBytes,
  });
  const entries: TreeEntry[] = [];
  for (let from = 0, to = stdout.indexOf('\0'); to !== -1; from = to + 1, to = stdout.indexOf('\0', from)) {
    if (entries.length === limit) {
      throw new PolderError('git_failed', `${activity}: it has more than ${limit.toLocaleString('en')} files`);
    }
    const kind = kindOfMode[stdout.slice(from, from + 6)] ?? 'file';
    const tab = stdout.indexOf('\t', from);
    const path = stdout.slice(tab + 1, to);
    if (kind === 'symlink') entries.push({ kind, path, object: stdout.slice(stdout.lastIndexOf(' ', tab) + 1, tab) });
    else if (kind !== 'folder') entries.push({ kind, path });
  }
  return entries;
}

/**
 * Where symbolic links of a commit lead to, by their paths, as it is written in them. Null where that is unknown: for all
 * of them when there is more to read than for any sound repository.
 */
export async function readLinks(
  deps: GitDeps,
  repoId: number,
  links: readonly SymlinkEntry[],
): Promise<ReadonlyMap<string, string | null>> {
  const objects = [...new Set(links.map((link) => link.object))];
  const targets = objects.length === 0 ? new Map<string, string>() : await readTargets(deps, repoId, objects);
  return new Map(links.map(({ path, object }) => [path, targets.get(object) ?? null]));
}

async function readTargets(deps: GitDeps, repoId: number, objects: readonly string[]): Promise<Map<string, string>> {
  const read = await tryGit(deps, {
    activity: `reading links of repo ${repoId}`,
    gitDir: mirrorDir(deps, repoId),
    // Without sizes: they are of bytes, and what is no UTF-8 has other lengths here. The next id ends a target.
    args: ['cat-file', '--batch=%(objectname)'],
    input: `${objects.join('\n')}\n`,
  });
  const targets = new Map<string, string>();
  if ('reason' in read) return targets;
  let from = 0;
  for (const [index, object] of objects.entries()) {
    const next = objects[index + 1];
    const to = next === undefined ? read.stdout.length - 1 : read.stdout.indexOf(`\n${next}\n`, from);
    if (to === -1) break;
    targets.set(object, read.stdout.slice(from + object.length + 1, to));
    from = to + 1;
  }
  return targets;
}

/** Whether git tracks a file of that path in the commit of the checkout, whatever has become of it on disk. */
export async function trackedFile(deps: GitDeps, checkout: Checkout, path: string): Promise<boolean> {
  const activity = `looking up ${path} in commit ${checkout.sha}`;
  const entry = await findEntry(deps, { ...checkout, activity, path });
  return entry !== undefined && entry.kind !== 'folder';
}

type Entry = { readonly kind: (typeof kindOfMode)[string]; readonly object: string; readonly size: number };
type Question = { readonly repoId: number; readonly sha: string; readonly path: string; readonly activity: string };

async function findEntry(deps: GitDeps, question: Question): Promise<Entry | undefined> {
  const path = posix.normalize(question.path).replace(/\/$/, '');
  if (path === '.' || path === '') return { kind: 'folder', object: '', size: 0 };
  if (posix.isAbsolute(path) || path === '..' || path.startsWith('../') || path.includes('\0')) return undefined;
  const { stdout } = await runGit(deps, {
    activity: question.activity,
    gitDir: mirrorDir(deps, question.repoId),
    args: ['ls-tree', '-l', '-z', '--full-tree', question.sha, '--', path],
  });
  const found = /^(\d{6}) \w+ (\S+) +(\S+)\t/.exec(stdout);
  if (!found) return undefined;
  const [, mode = '', object = '', size = ''] = found;
  if (size !== 'BAD') return { kind: kindOfMode[mode] ?? 'file', object, size: Number(size) || 0 };
  deps.damaged.add(question.repoId);
  throw gitError(question.activity, { reason: `object ${object} cannot be read`, diskFull: false, damaged: true });
}
