import { lstat, realpath } from 'node:fs/promises';
import { join, relative } from 'node:path';

/**
 * The real path of the repository in that folder, or undefined when it is none, or lies outside of `root` once symbolic
 * links are followed.
 */
export async function findRepository(root: string, folder: string): Promise<string | undefined> {
  const [realRoot, real] = await Promise.all([realPath(root), realPath(folder)]);
  if (realRoot === undefined || real === undefined || !isBelow(realRoot, real)) return undefined;
  return (await isGitFolder(join(real, '.git'))) || (await isGitFolder(real)) ? real : undefined;
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
