import type { CloneSource, Hosts } from '../vcs/index.ts';
import { repoSource } from './repo-source.ts';
import type { Repo } from './types.ts';

/** Where repos are fetched from, without asking their hosts each time. */
export type RecentSources = {
  /**
   * As `repoSource`; the address may be as old as ten minutes, the credentials are always asked for anew. Whoever cannot
   * fetch from there asks `repoSource`: the repo may have moved.
   */
  of(repo: Repo): Promise<CloneSource>;
  /** The host has just told the address by the way. */
  note(repo: Repo, url: string): void;
};

const freshMs = 10 * 60_000;
/** The oldest go first. */
const mostRepos = 1_000;

export function createRecentSources(deps: { readonly hosts: Hosts; readonly now: () => number }): RecentSources {
  const known = new Map<number, { readonly url: string; readonly until: number }>();
  const note = (repo: Repo, url: string): void => {
    known.delete(repo.id);
    known.set(repo.id, { url, until: deps.now() + freshMs });
    const [oldest] = known.size > mostRepos ? known.keys() : [];
    if (oldest !== undefined) known.delete(oldest);
  };
  const ask = async (repo: Repo): Promise<CloneSource> => {
    const source = await repoSource(deps, repo);
    note(repo, source.url);
    return source;
  };
  return {
    note,
    of: async (repo) => {
      const recent = known.get(repo.id);
      if (!recent || recent.until <= deps.now()) return ask(repo);
      const access = await deps.hosts.byHostname(repo.host)?.gitAccess?.();
      return access ? { url: recent.url, credentials: access.credentials } : ask(repo);
    },
  };
}
