import { copyFileSync, mkdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { indexFile, treeDir } from './checkout-folder.ts';
import { mirrorDir } from './layout.ts';
import type { Checkout } from './types.ts';

type Root = { readonly dataDir: string };

/**
 * Makes a folder a worktree of the mirror, so that git works in it: the files that `git worktree add` would write, by
 * gitrepository-layout(5). Written by hand because that command wants an empty folder, and none that was used before.
 * Linked before its files are written, so that packing keeps the commit.
 */
export function linkWorktree(root: Root, folder: string, commit: Pick<Checkout, 'repoId' | 'sha'>): void {
  const link = linkDir(root, folder, commit.repoId);
  mkdirSync(link, { recursive: true, mode: 0o700 });
  writeFileSync(join(link, 'commondir'), '../..\n');
  writeFileSync(join(link, 'gitdir'), `${join(treeDir(folder), '.git')}\n`);
  writeFileSync(join(link, 'HEAD'), `${commit.sha}\n`);
  writeFileSync(join(treeDir(folder), '.git'), `gitdir: ${link}\n`);
}

/**
 * Gives the worktree an index of its own, for those who run git in it. It is as old as ours: by its age git knows
 * which files it has to look into.
 */
export function linkIndex(root: Root, folder: string, repoId: number): void {
  const copy = join(linkDir(root, folder, repoId), 'index');
  copyFileSync(indexFile(folder), copy);
  const { atime, mtime } = statSync(indexFile(folder));
  utimesSync(copy, atime, mtime);
}

export async function unlinkWorktree(root: Root, folder: string, repoId: number): Promise<void> {
  await rm(linkDir(root, folder, repoId), { recursive: true, force: true });
}

function linkDir(root: Root, folder: string, repoId: number): string {
  return join(mirrorDir(root, repoId), 'worktrees', basename(folder));
}
