import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { treeDir } from './checkout-folder.ts';
import type { GitDeps } from './types.ts';
import { type CommitFolder, gitInFolder } from './write-files.ts';

const mostListBytes = 128 * 1024 * 1024;

/**
 * Says what is in a working tree beside the files of its index, or undefined. `git clean` leaves more than one thing: a
 * `.git` below the root, pipes and sockets, the insides of submodules. Folders must also have the mode they were made
 * with: one made read-only would be in the way of the next run.
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

  const look = async (folder: string): Promise<string | undefined> => {
    const path = join(root, folder);
    const [info, entries] = await Promise.all([lstat(path), readdir(path, { withFileTypes: true })]);
    if (info.mode !== folderMode) return `the mode of the folder ${folder} was changed`;
    const flaws = await Promise.all(
      entries.map(async (entry) => {
        const name = join(folder, entry.name);
        const known = files.has(name) || (entry.isDirectory() && folders.has(name));
        if (!known) return `${name} was left`;
        return entry.isDirectory() ? look(name) : undefined;
      }),
    );
    return flaws.find((flaw) => flaw !== undefined);
  };
  return look('');
}

function foldersAbove(file: string): string[] {
  const parts = file.split('/').slice(0, -1);
  return parts.map((_part, index) => parts.slice(0, index + 1).join('/'));
}
