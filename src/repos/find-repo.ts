import type { Db, DbHandle } from '../db/index.ts';
import { PolderError } from '../lib/errors.ts';
import { type CloneSource, type Hosts, type HostType, hostTypes } from '../vcs/index.ts';
import { insertRepoIfNew, selectRepo, selectReposNamed, updateVisibility } from './store.ts';
import type { Repo } from './types.ts';

export type FindRepoDeps = {
  readonly db: Db;
  readonly hosts: Hosts;
  readonly now: () => number;
  /** The repository allow-list. */
  readonly isAllowed: (host: string, fullName: string) => boolean;
};

/** Messages are whole sentences for whoever asked. */
export type FoundRepo =
  | { readonly kind: 'found'; readonly repo: Repo; readonly source: CloneSource }
  | {
      readonly kind: 'type_unknown' | 'host_not_configured' | 'invalid' | 'not_found' | 'not_allowed';
      readonly message: string;
    };

/** Hosts whose repositories lie in groups that may lie in groups. */
const nestedGroups: ReadonlySet<HostType> = new Set(['Gitlab', 'AzureDevops', 'Local']);

/**
 * The repo that a request names by host type and full name. The first time somebody names one that exists and is
 * allowed, it gets its id. `type` is compared exactly.
 */
export async function findRepo(deps: FindRepoDeps, named: { type: string; fullName: string }): Promise<FoundRepo> {
  const type = hostTypes.find((known) => known === named.type);
  if (!type) return { kind: 'type_unknown', message: `${JSON.stringify(named.type)} is not a valid type` };
  const host = deps.hosts.byType(type);
  if (!host) {
    const message = `this server is not configured for repositories of type ${JSON.stringify(type)}`;
    return { kind: 'host_not_configured', message };
  }
  const invalid = invalidName(named.fullName, nestedGroups.has(type));
  if (invalid) return { kind: 'invalid', message: invalid };
  const notAllowed = { kind: 'not_allowed', message: 'repo not allowlisted' } as const;
  // Before the host is asked, so that the answer does not tell which repositories exist.
  if (!deps.isAllowed(host.hostname, named.fullName)) return notAllowed;
  const found = await host.findRepo(named.fullName);
  if (!found) return { kind: 'not_found', message: `repository ${JSON.stringify(named.fullName)} not found` };
  if (!deps.isAllowed(host.hostname, found.fullName)) return notAllowed;
  const repo = await registered(deps, { host: host.hostname, hostType: type, fullName: found.fullName });
  return { kind: 'found', repo, source: found.source };
}

/** The repo of that id. */
export async function getRepo(db: DbHandle, id: number): Promise<Repo | undefined> {
  return selectRepo(db, id);
}

/** The known repos of that full name, on one host when it is given. */
export async function findReposByFullName(db: DbHandle, fullName: string, host?: string): Promise<Repo[]> {
  return selectReposNamed(db, fullName, host);
}

/** Makes a repo private or public. */
export async function setVisibility(db: DbHandle, repoId: number, visibility: Repo['visibility']): Promise<void> {
  await updateVisibility(db, repoId, visibility);
}

/** Where a known repo is fetched from now. Throws `host_not_configured` or `repo_not_found`. */
export async function repoSource(deps: { readonly hosts: Hosts }, repo: Repo): Promise<CloneSource> {
  const host = deps.hosts.byHostname(repo.host);
  if (!host) throw new PolderError('host_not_configured', `fetching ${repo.fullName}: host ${repo.host} is not configured`);
  const found = await host.findRepo(repo.fullName);
  if (!found) throw new PolderError('repo_not_found', `fetching ${repo.fullName}: it is no longer on ${repo.host}`);
  return found.source;
}

async function registered(
  deps: FindRepoDeps,
  repo: { host: string; hostType: HostType; fullName: string },
): Promise<Repo> {
  const [known] = await selectReposNamed(deps.db, repo.fullName, repo.host);
  if (known) return known;
  const groupPath = repo.fullName.slice(0, repo.fullName.lastIndexOf('/'));
  await deps.db.transaction((tx) => insertRepoIfNew(tx, { ...repo, groupPath, now: deps.now() }));
  const [made] = await selectReposNamed(deps.db, repo.fullName, repo.host);
  if (!made) throw new PolderError('internal', `registering ${repo.fullName}: its row is missing`);
  return made;
}

function invalidName(fullName: string, nested: boolean): string | undefined {
  const slash = fullName.lastIndexOf('/');
  const owner = fullName.slice(0, Math.max(0, slash));
  const name = fullName.slice(slash + 1);
  const quoted = JSON.stringify(fullName);
  const named = `owner ${JSON.stringify(owner)} or repo ${JSON.stringify(name)}`;
  const prefix = `failed to parse request: invalid repo format ${quoted}, `;
  if (owner === '' || name === '') return `${prefix}${named} was empty`;
  if (!nested && owner.includes('/')) return `${prefix}owner ${JSON.stringify(owner)} should not contain any /'s`;
  if (fullName.includes('..')) return `${prefix}owner or repo cannot contain '..'`;
  return undefined;
}
