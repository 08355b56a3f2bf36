import { lstat, realpath } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { isLocalName } from './local-name.ts';

/** A repository on this disk. */
export type LocalRepository = {
  readonly fullName: string;
  /** Its folder, without symbolic links on the way. */
  readonly path: string;
  /** The same for a bare one, else its `.git`. */
  readonly gitDir: string;
};

/**
 * The repository of that name, or undefined when there is none, or it lies outside of `root` once symbolic links are
 * followed. Any text may be asked for.
 */
export async function findRepository(root: string, fullName: string): Promise<LocalRepository | undefined> {
  if (!isLocalName(fullName)) return undefined;
  const found =
    (await repositoryIn(root, join(root, fullName))) ?? (await repositoryIn(root, `${join(root, fullName)}.git`));
  return found && { fullName, ...found };
}

async function repositoryIn(root: string, folder: string): Promise<Omit<LocalRepository, 'fullName'> | undefined> {
  const [realRoot, path] = await Promise.all([realPath(root), realPath(folder)]);
  if (realRoot === undefined || path === undefined || !isBelow(realRoot, path)) return undefined;
  if (await isGitFolder(join(path, '.git'))) return { path, gitDir: join(path, '.git') };
  return (await isGitFolder(path)) ? { path, gitDir: path } : undefined;
}

/**
 * The three things that make a folder a repository: gitrepository-layout(5). A `.git` that is a link, or a file that
 * names another folder (gitfile), is none: it could be of a repository that is not in our care.
 */
async function isGitFolder(folder: string): Promise<boolean> {
  const [self, head, objects, refs] = await Promise.all(
    ['', 'HEAD', 'objects', 'refs'].map((name) => lstat(join(folder, name)).catch(() => undefined)),
  );
  const areFolders = [self, objects, refs].every((info) => info?.isDirectory() === true);
  return areFolders && head?.isFile() === true;
}

function isBelow(root: string, path: string): boolean {
  const between = relative(root, path);
  return between !== '' && between !== '..' && !between.startsWith('../');
}

async function realPath(path: string): Promise<string | undefined> {
  return realpath(path).catch(() => undefined);
}
