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
};

const freshMs = 10 * 60_000;
/** The oldest go first. */
const mostRepos = 1_000;

export function createRecentSources(deps: { readonly hosts: Hosts; readonly now: () => number }): RecentSources {
  const known = new Map<number, { readonly url: string; readonly until: number }>();
  const ask = async (repo: Repo): Promise<CloneSource> => {
    const source = await repoSource(deps, repo);
    known.delete(repo.id);
    known.set(repo.id, { url: source.url, until: deps.now() + freshMs });
    const [oldest] = known.size > mostRepos ? known.keys() : [];
    if (oldest !== undefined) known.delete(oldest);
    return source;
  };
  return {
    of: async (repo) => {
      const recent = known.get(repo.id);
      if (!recent || recent.until <= deps.now()) return ask(repo);
      const access = await deps.hosts.byHostname(repo.host)?.gitAccess?.();
      return access ? { url: recent.url, credentials: access.credentials } : ask(repo);
    },
  };
}
