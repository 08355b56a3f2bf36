import { join } from 'node:path';
import { repoOnly, type VcsHost } from '../index.ts';
import { findRepository } from './find-repository.ts';
import { isLocalName } from './local-name.ts';

export type LocalHostOptions = {
  /** The folder of `--local-repos-dir`. */
  readonly reposDir: string;
};

/**
 * The repositories in a folder of this machine: `<reposDir>/owner/name` (bare, or with a work tree, of which only what
 * is committed counts) or `<reposDir>/owner/name.git` is `owner/name`; `owner` may have several parts. Repositories may
 * come and go while the server runs.
 */
export function localHost({ reposDir }: LocalHostOptions): VcsHost {
  return {
    type: 'Local',
    hostname: 'local',
    capabilities: repoOnly,
    findRepo: async (fullName) => {
      if (!isLocalName(fullName)) return undefined;
      const url =
        (await findRepository(reposDir, join(reposDir, fullName))) ??
        (await findRepository(reposDir, join(reposDir, `${fullName}.git`)));
      return url === undefined ? undefined : { fullName, source: { url, credentials: null }, webUrl: null };
    },
  };
}
