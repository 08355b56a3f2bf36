import type { Dirent, Stats } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { treeDir } from './checkout-folder.ts';
import type { GitDeps } from './types.ts';
import { type CommitFolder, gitInFolder } from './write-files.ts';

const mostListBytes = 128 * 1024 * 1024;

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
  const folders = new Set([...files].flatMap(foldersAbove));
  const root = treeDir(target.folder);

  const lookInto = async (folder: string): Promise<string | undefined> => {
    const entries = await readdir(join(root, folder), { withFileTypes: true });
    const flaws = await Promise.all(entries.map((entry) => lookAt(entry, join(folder, entry.name))));
    return flaws.find((flaw) => flaw !== undefined);
  };
  const lookAt = async (entry: Dirent, name: string): Promise<string | undefined> => {
    const isFolder = entry.isDirectory();
    if (!files.has(name) && !(isFolder && folders.has(name))) return `${name} was left`;
    const flaw = flawOf(await lstat(join(root, name)), folderMode);
    if (flaw !== undefined) return `${name} ${flaw}`;
    return isFolder ? lookInto(name) : undefined;
  };
  return lookInto('');
}

/** Files are made with the mode of the folders, but for the right to execute those that are no programs. */
function flawOf(info: Stats, folderMode: number): string | undefined {
  if (info.isDirectory()) return info.mode === folderMode ? undefined : 'has another mode';
  if (info.nlink > 1) return 'has more than one name';
  const permissions = info.mode & 0o7777;
  const usual = [folderMode & 0o777, folderMode & 0o666];
  return info.isSymbolicLink() || usual.includes(permissions) ? undefined : 'has another mode';
}

function foldersAbove(file: string): string[] {
  const parts = file.split('/').slice(0, -1);
  return parts.map((_part, index) => parts.slice(0, index + 1).join('/'));
}
