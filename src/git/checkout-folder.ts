import { createHash, randomBytes } from 'node:crypto';
import { lstatSync, readFileSync } from 'node:fs';
import { chmod, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Fingerprint } from './checkout-pool.ts';

/*
 * A checkout is a folder of three: the working tree, the index that belongs to it (apart from the one that git finds
 * when it is run in the tree), and a note whose it is.
 */
export function treeDir(folder: string): string {
  return join(folder, 'tree');
}

export function indexFile(folder: string): string {
  return join(folder, 'index');
}

export function ownerFile(folder: string): string {
  return join(folder, 'owner');
}

/**
 * A name that was never used before. What an earlier run left behind may still know a path, and must not meet another
 * run there.
 */
export function newFolderName(repoId: number): string {
  return `${repoId}-${randomBytes(8).toString('hex')}`;
}

/** Undefined when the folder is not as we make them. */
export function fingerprintOf(folder: string): Fingerprint | undefined {
  const tree = lstatSync(treeDir(folder));
  const index = lstatSync(indexFile(folder));
  if (!tree.isDirectory() || !index.isFile()) return undefined;
  const indexDigest = createHash('sha256')
    .update(readFileSync(indexFile(folder)))
    .digest('hex');
  return { indexDigest, device: tree.dev, inode: tree.ino, mode: tree.mode };
}

/** Removes a folder with all there is in it, also what was made read-only. */
export async function removeFolder(folder: string): Promise<void> {
  const remove = () => rm(folder, { recursive: true, force: true, maxRetries: 3 });
  try {
    await remove();
  } catch {
    await makeWritable(folder);
    await remove();
  }
}

/** Of the removal that went wrong, other parts may still be going on: what is not there any more is no trouble. */
async function makeWritable(folder: string): Promise<void> {
  await chmod(folder, 0o700).catch(ignoreAbsence);
  const entries = await readdir(folder, { withFileTypes: true }).catch(ignoreAbsence);
  for (const entry of entries ?? []) {
    if (entry.isDirectory()) await makeWritable(join(folder, entry.name));
  }
}

function ignoreAbsence(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
