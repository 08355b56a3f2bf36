import { lstatSync, readFileSync } from 'node:fs';
import { readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { GitFailure, GitOutput } from './run-git.ts';
import type { GitDeps } from './types.ts';

/** All there is in a mirror's configuration. The folder is bare: its checkouts are told where they are by git. */
const mirrorConfig = '[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = true\n';

/** Files that change what git does with a repository: gitrepository-layout(5). */
const meddling = ['hooks', 'info', 'shallow', join('objects', 'info', 'alternates'), 'config.worktree'];

/**
 * Puts a mirror's settings back. The steps of a run work in a worktree, and `git config`, `git lfs install` or
 * `git fetch --depth` there would change the mirror for everyone.
 */
export async function restoreMirror(mirror: string): Promise<void> {
  const path = join(mirror, 'config');
  if (readConfig(path) !== mirrorConfig) {
    // By renaming: another git may be reading it.
    await writeFile(`${path}.new`, mirrorConfig);
    await rename(`${path}.new`, path);
  }
  const found = meddling.map((name) => join(mirror, name)).filter(isThere);
  await Promise.all(found.map((name) => rm(name, { recursive: true, force: true })));
}

function readConfig(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** Also of a link that leads nowhere. */
function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** A lock is in the way: of another git process, or of one that was killed. */
function looksLocked({ reason }: GitFailure): boolean {
  return /\.lock'?: File exists|cannot lock ref/i.test(reason);
}

/** Runs git where it takes locks in a mirror; once more when one was in its way that a killed git had left. */
export async function withoutStaleLocks(
  deps: Pick<GitDeps, 'limits' | 'log'>,
  mirror: string,
  call: () => Promise<GitOutput | GitFailure>,
): Promise<GitOutput | GitFailure> {
  const first = await call();
  if (!('reason' in first) || !looksLocked(first)) return first;
  await removeStaleLocks(deps, mirror);
  return call();
}

/**
 * Removes the locks that killed git processes left in a mirror. Git holds a lock for a moment only, so one that
 * outlasts the patience belongs to nobody.
 */
async function removeStaleLocks(deps: Pick<GitDeps, 'limits' | 'log'>, mirror: string): Promise<void> {
  const before = await locksIn(mirror);
  await pause(deps.limits.lockPatienceMs);
  const after = await locksIn(mirror);
  for (const [path, changedAt] of after) {
    if (before.get(path) !== changedAt) continue;
    deps.log.warn({ path }, 'removing a lock that a killed git left behind');
    await rm(path, { force: true });
  }
}

/** Removes what fetches that did not come to their end have written so far: it can be large, and git leaves it. */
export async function removeUnfinishedPacks(mirror: string): Promise<void> {
  const packs = join(mirror, 'objects', 'pack');
  const names = await readdir(packs).catch(() => []);
  const unfinished = names.filter((name) => name.startsWith('tmp_'));
  await Promise.all(unfinished.map((name) => rm(join(packs, name), { force: true })));
}

async function locksIn(mirror: string): Promise<Map<string, number>> {
  const places = await Promise.all([
    readdir(mirror),
    ...['refs', 'logs', join('objects', 'info')].map((name) => readBelow(mirror, name)),
  ]);
  const paths = places
    .flat()
    .filter((name) => name.endsWith('.lock'))
    .map((name) => join(mirror, name));
  const found = await Promise.all(
    paths.map(
      async (path) =>
        [
          path,
          await stat(path).then(
            (info) => info.mtimeMs,
            () => undefined,
          ),
        ] as const,
    ),
  );
  return new Map(found.filter((entry): entry is [string, number] => entry[1] !== undefined));
}

async function readBelow(mirror: string, folder: string): Promise<string[]> {
  const names = await readdir(join(mirror, folder), { recursive: true }).catch(() => []);
  return names.map((name) => join(folder, name));
}
