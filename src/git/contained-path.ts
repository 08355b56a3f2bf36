import { realpathSync } from 'node:fs';
import { isAbsolute, relative, resolve, sep } from 'node:path';

export type ContainedPath =
  /** `path` is absolute and free of symbolic links. */
  { readonly kind: 'inside'; readonly path: string } | { readonly kind: 'outside' } | { readonly kind: 'missing' };

/**
 * Finds `path`, relative to `root`, and makes sure that it is in `root` also after every symbolic link has been
 * followed: repositories may hold links to anywhere. Looks at the disk synchronously, which takes some microseconds.
 */
export function containedPath(root: string, path: string): ContainedPath {
  const realRoot = realpathSync.native(root);
  const wanted = resolve(realRoot, path);
  if (isAbsolute(path) || !isWithin(realRoot, wanted)) return { kind: 'outside' };
  try {
    const real = realpathSync.native(wanted);
    return isWithin(realRoot, real) ? { kind: 'inside', path: real } : { kind: 'outside' };
  } catch {
    // Not there, a link in a circle, a file where a folder would have to be, a NUL byte: nothing that could be opened.
    return { kind: 'missing' };
  }
}

function isWithin(root: string, path: string): boolean {
  const between = relative(root, path);
  return between !== '..' && !between.startsWith(`..${sep}`) && !isAbsolute(between);
}
