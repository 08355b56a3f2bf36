import type { Db } from '../db/index.ts';
import type { CloneSource, Hosts, HostType } from '../vcs/index.ts';
import { fullNameProblem } from './full-name.ts';
import { ensureRepo, type RepoIdentity, selectRepo } from './store.ts';
import type { Repo } from './types.ts';

export type FindRepoDeps = {
  readonly db: Db;
  readonly hosts: Hosts;
  /** The allow-list. */
  readonly isAllowed: (host: string, fullName: string) => boolean;
  readonly now: () => number;
};

/** Messages are whole sentences for whoever named the repo. */
export type RepoLookup =
  | { readonly kind: 'found'; readonly repo: Repo; readonly source: CloneSource }
  | { readonly kind: 'host_not_configured'; readonly message: string }
  /** The name could not be that of a repo. */
  | { readonly kind: 'invalid'; readonly message: string }
  | { readonly kind: 'not_found'; readonly message: string }
  | { readonly kind: 'not_allowed'; readonly message: string };

/**
 * The repo that a caller names. It gets its row, and its id for good, when somebody first names it, provided that its
 * host has it and the allow-list admits it; both are asked every time. May be called by many at once.
 */
export async function findRepo(
  deps: FindRepoDeps,
  wanted: { readonly hostType: HostType; readonly fullName: string },
): Promise<RepoLookup> {
  const { hostType } = wanted;
  const host = deps.hosts.byType(hostType);
  if (!host) {
    const message = `this server is not configured for repositories of type ${JSON.stringify(hostType)}`;
    return { kind: 'host_not_configured', message };
  }
  const problem = fullNameProblem(hostType, wanted.fullName);
  if (problem !== undefined) return { kind: 'invalid', message: `failed to parse request: ${problem}` };
  const onHost = await host.findRepo(wanted.fullName);
  if (!onHost) {
    const message = `${host.hostname} has no repository ${JSON.stringify(wanted.fullName)}`;
    return { kind: 'not_found', message };
  }
  // The host's own spelling counts, so that a repo has one row and the allow-list sees its real name.
  const { fullName, source } = onHost;
  if (!deps.isAllowed(host.hostname, fullName)) return { kind: 'not_allowed', message: 'repo not allowlisted' };
  return { kind: 'found', repo: await rowOf(deps, { host: host.hostname, hostType, fullName }), source };
}

async function rowOf(deps: FindRepoDeps, identity: RepoIdentity): Promise<Repo> {
  const known = await selectRepo(deps.db, identity);
  return known ?? deps.db.transaction((tx) => ensureRepo(tx, identity, deps.now()));
}
