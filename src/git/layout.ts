import { basename, dirname, join } from 'node:path';

type Root = { readonly dataDir: string };

/** Where things are in the data directory. All of it is cache: what is lost is fetched again. */
export function gitHome(root: Root): string {
  return join(root.dataDir, 'git');
}

export function repoDir(root: Root, repoId: number): string {
  return join(root.dataDir, 'repos', String(repoId));
}

export function mirrorDir(root: Root, repoId: number): string {
  return join(repoDir(root, repoId), 'mirror.git');
}

/** The repo whose mirror this folder is; undefined when it is none. */
export function repoOfMirror(root: Root, dir: string): number | undefined {
  const repoId = Number(basename(dirname(dir)));
  return mirrorDir(root, repoId) === dir ? repoId : undefined;
}

/** Where a mirror is until its first fetch is complete. */
export function newMirrorDir(root: Root, repoId: number): string {
  return `${mirrorDir(root, repoId)}.new`;
}

/** Worktrees in use, each in a folder of its own: see `CheckoutFolder`. */
export function checkoutsDir(root: Root): string {
  return join(root.dataDir, 'checkouts');
}

/** Worktrees that wait to be used again. */
export function sparesDir(root: Root): string {
  return join(root.dataDir, 'spares');
}

/** What is to be removed when there is time. */
export function trashDir(root: Root): string {
  return join(root.dataDir, 'trash');
}
