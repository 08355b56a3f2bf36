import { realpath, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { VcsHost } from '../index.ts';

/** Each part of a full name: no hidden folders, no options, nothing that a path or a terminal could take for more. */
const namePart = /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/;

/**
 * Repositories on this machine's disk: `<reposDir>/owner/name` or `<reposDir>/owner/name.git`, bare or not, has the full
 * name `owner/name`; owners may be folders in folders. Of a repository with a working tree its commits count, not what
 * is changed in the tree.
 */
export function localHost(options: { readonly reposDir: string }): VcsHost {
  return {
    type: 'Local',
    hostname: 'local',
    capabilities: { pulls: false },
    findRepo: async (fullName) => {
      const parts = fullName.split('/');
      if (parts.length < 2 || !parts.every((part) => namePart.test(part) && !part.includes('..'))) return undefined;
      const url = await findRepository(options.reposDir, parts);
      return url === undefined ? undefined : { fullName, source: { url, credentials: null }, webUrl: null };
    },
    getPull: async () => undefined,
  };
}

/** The repository's folder, with links followed; undefined when it is none, or lies elsewhere. */
async function findRepository(reposDir: string, parts: readonly string[]): Promise<string | undefined> {
  for (const ending of ['', '.git']) {
    const found = await realpath(`${join(reposDir, ...parts)}${ending}`).catch(() => undefined);
    if (found === undefined || !(await isInside(reposDir, found))) continue;
    if (await isRepository(found)) return found;
  }
  return undefined;
}

async function isInside(reposDir: string, path: string): Promise<boolean> {
  const between = relative(await realpath(reposDir), path);
  return between !== '' && between !== '..' && !between.startsWith(`..${sep}`);
}

/** As git looks: https://git-scm.com/docs/gitrepository-layout. */
async function isRepository(dir: string): Promise<boolean> {
  for (const gitDir of [join(dir, '.git'), dir]) {
    const wanted = ['HEAD', 'objects', 'refs'].map((name) => stat(join(gitDir, name)));
    if ((await Promise.allSettled(wanted)).every((result) => result.status === 'fulfilled')) return true;
  }
  return false;
}
