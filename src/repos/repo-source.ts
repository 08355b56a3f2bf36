import { PolderError } from '../lib/errors.ts';
import type { CloneSource, Hosts } from '../vcs/index.ts';
import type { Repo } from './types.ts';

/**
 * Where a known repo is fetched from, asked of its host now: it may have moved, and credentials are short-lived.
 * Throws `host_not_configured` or `repo_not_found`.
 */
export async function repoSource(deps: { readonly hosts: Hosts }, repo: Repo): Promise<CloneSource> {
  const activity = `looking up ${repo.fullName} on ${repo.host}`;
  const host = deps.hosts.byHostname(repo.host);
  if (!host) throw new PolderError('host_not_configured', `${activity}: this server is no longer configured for it`);
  const found = await host.findRepo(repo.fullName);
  if (!found) throw new PolderError('repo_not_found', `${activity}: it is not there any more`);
  return found.source;
}
