import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorText, isPolderError } from '../lib/errors.ts';
import { fingerprintOf, newFolderName, ownerFile, removeFolder, treeDir } from './checkout-folder.ts';
import type { Spare } from './checkout-pool.ts';
import { checkoutsDir } from './layout.ts';
import { withDisk } from './run-git.ts';
import type { Checkout, GitDeps } from './types.ts';
import { linkIndex, linkWorktree, unlinkWorktree } from './worktree-link.ts';
import { writeFiles } from './write-files.ts';

export type CheckoutOrder = {
  readonly repoId: number;
  /** Full id of a commit that the mirror has. */
  readonly sha: string;
  /** Says whose it is, to `cleanCheckouts` after a restart: any text. */
  readonly owner: string;
};

/**
 * A worktree of the mirror with exactly the files of a commit, detached, for the caller alone: every call gives another
 * folder. Give it back with `releaseCheckout`. Throws `git_failed` or `disk_full`.
 */
export async function openCheckout(deps: GitDeps, order: CheckoutOrder): Promise<Checkout> {
  const spare = deps.pool.take(order.repoId);
  if (!spare) return make(deps, order, undefined);
  try {
    return await make(deps, order, spare);
  } catch (error) {
    if (isPolderError(error, 'disk_full')) throw error;
    deps.log.warn({ repoId: order.repoId, reason: errorText(error) }, 'a used worktree could not be used again');
    return make(deps, order, undefined);
  }
}

async function make(deps: GitDeps, order: CheckoutOrder, spare: Spare | undefined): Promise<Checkout> {
  const folder = join(checkoutsDir(deps), newFolderName(order.repoId));
  try {
    await withDisk(`checking out commit ${order.sha}`, async () => {
      if (spare) renameSync(spare.folder, folder);
      else mkdirSync(folder, { mode: 0o700 });
      await fill(deps, folder, order);
    });
  } catch (error) {
    await unlinkWorktree(deps, folder, order.repoId);
    await removeFolder(folder);
    throw error;
  }
  return { repoId: order.repoId, sha: order.sha, dir: treeDir(folder) };
}

async function fill(deps: GitDeps, folder: string, order: CheckoutOrder): Promise<void> {
  writeFileSync(ownerFile(folder), order.owner);
  if (!existsSync(treeDir(folder))) mkdirSync(treeDir(folder));
  linkWorktree(deps, folder, order);
  await writeFiles(deps, { ...order, folder });
  linkIndex(deps, folder, order.repoId);
  const fingerprint = fingerprintOf(folder);
  if (fingerprint) deps.pool.remember(folder, fingerprint);
}
