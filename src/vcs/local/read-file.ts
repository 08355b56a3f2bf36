import { posix } from 'node:path';
import { checkRef } from '../../git/index.ts';
import { PolderError } from '../../lib/errors.ts';
import { type Source, sourceGit } from './source-git.ts';

const largestFile = 1024 * 1024;

/** The text of a file at a branch, tag or commit; undefined when there is no plain file of that path. */
export async function readSourceFile(
  source: Source,
  { path, ref }: { readonly path: string; readonly ref: string },
): Promise<string | undefined> {
  const commit = await commitOf(source, ref);
  const clean = posix.normalize(path);
  if (commit === undefined || clean.startsWith('/') || /^\.\.?(\/|$)/.test(clean) || clean.includes('\0')) {
    return undefined;
  }
  const args = ['ls-tree', '-l', '-z', '--full-tree', commit, '--', clean];
  const { stdout } = await sourceGit(source, `reading ${clean}`, { args });
  const [, object, size] = /^100\d{3} blob (\S+) +(\d+)\t/.exec(stdout) ?? [];
  if (object === undefined) return undefined;
  if (Number(size) > largestFile) {
    throw new PolderError('host_refused', `reading ${clean} in ${source.repository.fullName}: it is larger than 1 MiB`);
  }
  const blob = await sourceGit(source, `reading ${clean}`, { args: ['cat-file', 'blob', object] });
  return blob.stdout;
}

async function commitOf(source: Source, ref: string): Promise<string | undefined> {
  if (checkRef(ref).kind === 'unsafe') return undefined;
  const names = /^[0-9a-f]{40}$/.test(ref) ? [ref] : [`refs/heads/${ref}`, `refs/tags/${ref}`, ref];
  for (const name of names) {
    // A bare word would be looked for in more places than we mean.
    if (!name.startsWith('refs/') && !/^[0-9a-f]{7,40}$/.test(name)) continue;
    const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`];
    const { code, stdout } = await sourceGit(source, `looking up ${ref}`, { args, codes: [0, 1, 128] });
    if (code === 0) return stdout.trim();
  }
  return undefined;
}
