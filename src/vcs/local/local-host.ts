import { type HostCapabilities, mergeMethods, repoOnly, type VcsHost } from '../index.ts';
import { findRepository } from './find-repository.ts';
import { localPullHost } from './local-pull-host.ts';
import type { LocalPullDeps } from './types.ts';

export type LocalHostOptions = {
  /** The folder of `--local-repos-dir`. */
  readonly reposDir: string;
  /** Without it, the host has repositories and nothing else. */
  readonly pulls?: Omit<LocalPullDeps, 'reposDir'>;
};

const withPulls: HostCapabilities = {
  pulls: true,
  // As on GitHub, so that people see here what they will see there.
  maxCommentLength: 65_536,
  markdown: { folding: true, requestName: 'Pull Request', pullSign: '#' },
  statuses: true,
  everyStatusBlocks: true,
  reactions: true,
  hideComments: true,
  teams: false,
  dismissReviews: true,
  fileFetch: true,
  mergeMethods,
  mergeTitle: null,
};

/**
 * The repositories in a folder of this machine: `<reposDir>/owner/name` (bare, or with a work tree, of which only what
 * is committed counts) or `<reposDir>/owner/name.git` is `owner/name`; `owner` may have several parts. Repositories may
 * come and go while the server runs. Their pull requests are in our database.
 */
export function localHost({ reposDir, pulls }: LocalHostOptions): VcsHost {
  return {
    type: 'Local',
    hostname: 'local',
    capabilities: pulls ? withPulls : repoOnly,
    findRepo: async (fullName) => {
      const found = await findRepository(reposDir, fullName);
      return found && { fullName, source: { url: found.path, credentials: null }, webUrl: null };
    },
    ...(pulls ? { pulls: localPullHost({ ...pulls, reposDir }) } : {}),
  };
}
