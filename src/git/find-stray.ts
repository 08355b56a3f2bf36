import { lstatSync, type Stats } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { treeDir } from './checkout-folder.ts';
import type { GitDeps } from './types.ts';
import { type CommitFolder, gitInFolder } from './write-files.ts';

const mostListBytes = 128 * 1024 * 1024;
const entriesPerTurn = 200;

/**
 * Says what is not as new in a working tree, or undefined. `git clean` leaves more than one thing: a `.git` below the
 * root, pipes and sockets, the insides of submodules. Git also takes no notice of further links to a file, through
 * which it could be changed later, nor of most modes: a folder made read-only would be in the way of the next run.
 */
export async function findStray(
  deps: GitDeps,
  target: Pick<CommitFolder, 'repoId' | 'folder'>,
  folderMode: number,
): Promise<string | undefined> {
  const activity = 'listing the files of a worktree';
  const { stdout } = await gitInFolder(deps, target, { activity, args: ['ls-files', '-z'], maxBytes: mostListBytes });
  const files = new Set(stdout.split('\0'));
  const folders = foldersAbove(files);
  const root = treeDir(target.folder);

  const pending = [''];
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    const entries = await readdir(join(root, folder), { withFileTypes: true });
    for (const [index, entry] of entries.entries()) {
      if (index % entriesPerTurn === entriesPerTurn - 1) await nextTurn();
      const name = join(folder, entry.name);
      const isFolder = entry.isDirectory();
      if (!files.has(name) && !(isFolder && folders.has(name))) return `${name} was left`;
      // Not asynchronous: that takes ten times as long, and each look a few microseconds.
      const flaw = flawOf(lstatSync(join(root, name)), folderMode);
      if (flaw !== undefined) return `${name} ${flaw}`;
      if (isFolder) pending.push(name);
    }
  }
  return undefined;
}

/** Files are made with the mode of the folders, but for the right to execute those that are no programs. */
function flawOf(info: Stats, folderMode: number): string | undefined {
  if (info.isDirectory()) return info.mode === folderMode ? undefined : 'has another mode';
  if (info.nlink > 1) return 'has more than one name';
  const permissions = info.mode & 0o7777;
  const usual = [folderMode & 0o777, folderMode & 0o666];
  return info.isSymbolicLink() || usual.includes(permissions) ? undefined : 'has another mode';
}

function foldersAbove(files: ReadonlySet<string>): ReadonlySet<string> {
  const folders = new Set<string>();
  for (const file of files) {
    for (let folder = dirname(file); folder !== '.' && !folders.has(folder); folder = dirname(folder))
      folders.add(folder);
  }
  return folders;
}
