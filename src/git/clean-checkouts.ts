import { randomUUID } from 'node:crypto';
import { readdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { errorText } from '../lib/errors.ts';
import { ownerFile, removeFolder } from './checkout-folder.ts';
import { checkoutsDir, mirrorDir, newMirrorDir, sparesDir, trashDir } from './layout.ts';
import { removeUnfinishedPacks } from './mirror-repair.ts';
import type { GitDeps } from './types.ts';

/**
 * For the start of a server, before anything is fetched or checked out: throws away the checkouts that an earlier one
 * left, but those whose owner is kept. Spares go too, since only the server that made them knows that they are sound, and
 * so do mirrors and packs that it had begun. `emptyTrash` is what takes its time.
 */
export async function cleanCheckouts(deps: GitDeps, isKept: (owner: string) => boolean): Promise<void> {
  deps.pool.forgetSpares();
  const spares = await readdir(sparesDir(deps));
  for (const name of spares) await throwAway(deps, join(sparesDir(deps), name));
  const kept = new Set<string>();
  for (const name of await readdir(checkoutsDir(deps))) {
    const folder = join(checkoutsDir(deps), name);
    const owner = await readOwner(folder);
    if (owner !== undefined && isKept(owner)) kept.add(name);
    else await throwAway(deps, folder);
  }
  await cleanMirrors(deps, kept);
}

/** Removes what was thrown away. May be called at any time, and end in the middle: the next call goes on. */
export async function emptyTrash(deps: GitDeps): Promise<void> {
  for (const name of await readdir(trashDir(deps))) await remove(deps, join(trashDir(deps), name));
}

/** Out of the way at once: to remove a hundred thousand files takes seconds, for which a start should not wait. */
async function throwAway(deps: GitDeps, folder: string): Promise<void> {
  await rename(folder, join(trashDir(deps), randomUUID())).catch(() => remove(deps, folder));
}

/** Undefined when the server ended before it could write it down. */
async function readOwner(folder: string): Promise<string | undefined> {
  return readFile(ownerFile(folder), 'utf8').catch(() => undefined);
}

async function cleanMirrors(deps: GitDeps, keptCheckouts: ReadonlySet<string>): Promise<void> {
  for (const repo of await readdir(join(deps.dataDir, 'repos'))) {
    const mirror = mirrorDir(deps, Number(repo));
    await throwAway(deps, newMirrorDir(deps, Number(repo)));
    await removeUnfinishedPacks(mirror);
    const links = join(mirror, 'worktrees');
    const names = await readdir(links).catch(() => []);
    for (const name of names.filter((one) => !keptCheckouts.has(one))) await remove(deps, join(links, name));
  }
}

/** What cannot be removed takes space, and does no other harm. */
async function remove(deps: GitDeps, folder: string): Promise<void> {
  try {
    await removeFolder(folder);
  } catch (error) {
    deps.log.warn({ folder, reason: errorText(error) }, 'removing what an earlier server left did not work');
  }
}
