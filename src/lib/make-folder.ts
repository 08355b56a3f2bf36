import { mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { errorText, PolderError } from './errors.ts';

/**
 * Makes a folder, for its owner alone, and those that it lies in. Throws `folder_unusable`, or `disk_full`, naming what it
 * was to be for. Node's own way (`recursive`) never returns where the kernel says of every new name that it does not
 * exist, as in `/proc`.
 */
export function makeFolder(path: string, purpose: string): void {
  const missing: string[] = [];
  try {
    for (let at = resolve(path); !isFolder(at); at = dirname(at)) missing.push(at);
    for (const folder of missing.toReversed()) makeOne(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reason = code === 'ENOENT' ? `nothing can be made in ${dirname(missing.at(-1) ?? path)}` : errorText(error);
    const isFull = code === 'ENOSPC' || code === 'EDQUOT';
    throw new PolderError(
      isFull ? 'disk_full' : 'folder_unusable',
      `making the folder ${path} for ${purpose}: ${reason}`,
    );
  }
}

/** Throws when something else is there, or on the way there. */
function isFolder(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found && !found.isDirectory()) throw new Error(`${path} is not a folder`);
  return found !== undefined;
}

/** Somebody else may make it at the same time. */
function makeOne(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || !isFolder(folder)) throw error;
  }
}
