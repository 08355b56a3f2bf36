import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errorText } from '../lib/errors.ts';
import { fingerprintOf, newFolderName, removeFolder, treeDir } from './checkout-folder.ts';
import type { Fingerprint } from './checkout-pool.ts';
import { findStray } from './find-stray.ts';
import { isHeld } from './folder-holders.ts';
import { sparesDir } from './layout.ts';
import type { Checkout, GitDeps } from './types.ts';
import { unlinkWorktree } from './worktree-link.ts';
import { gitInFolder, writeFiles } from './write-files.ts';

/**
 * Takes a checkout back. Its folder is gone at once; what is as good as new after a cleaning serves a later checkout,
 * everything else is removed. May be called twice, and never throws: what cannot be removed now goes at the next start.
 */
export async function releaseCheckout(deps: GitDeps, checkout: Checkout): Promise<void> {
  const folder = dirname(checkout.dir);
  const fingerprint = deps.pool.recall(folder);
  const put = join(sparesDir(deps), newFolderName(checkout.repoId));
  try {
    if (!existsSync(folder)) return;
    await unlinkWorktree(deps, folder, checkout.repoId);
    await rename(folder, put);
    const flaw = await renew(deps, { ...checkout, folder: put, fingerprint }).catch(errorText);
    if (flaw !== undefined) {
      deps.log.debug({ repoId: checkout.repoId, reason: flaw }, 'a worktree is not used again');
      await removeFolder(put);
      return;
    }
    for (const spare of deps.pool.put({ repoId: checkout.repoId, folder: put })) await removeFolder(spare.folder);
  } catch (error) {
    deps.log.warn({ repoId: checkout.repoId, folder, reason: errorText(error) }, 'removing a worktree did not work');
  }
}

type Returned = {
  readonly repoId: number;
  readonly sha: string;
  readonly folder: string;
  readonly fingerprint: Fingerprint | undefined;
};

/**
 * Brings a used worktree back to what it was, or says why it cannot be trusted. What ran in it could do anything: the
 * order of the checks matters. Nothing may reach the folder any more (its path is new and nobody holds it) before the
 * index can be believed, and git follows the index.
 */
async function renew(deps: GitDeps, used: Returned): Promise<string | undefined> {
  const { folder, fingerprint } = used;
  if (!fingerprint) return 'it is from before the start of the server';
  if (!deps.pool.hasRoom(used.repoId)) return 'there are enough spares';
  const held = await isHeld(folder);
  if (held !== 'free')
    return held === 'held' ? 'a process still uses it' : 'whether a process still uses it is unknown';
  const now = fingerprintOf(folder);
  if (JSON.stringify(now) !== JSON.stringify(fingerprint)) return 'its index or its folder was changed';
  await rm(join(treeDir(folder), '.git'), { recursive: true, force: true });
  await gitInFolder(deps, used, { activity: 'cleaning a worktree', args: ['clean', '-ffdxq'] });
  await writeFiles(deps, used);
  return findStray(deps, used, fingerprint.mode);
}
