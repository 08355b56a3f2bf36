import { type GithubAppSetup, githubAppSetup } from '../vcs/github/index.ts';
import { trustedAuthorities } from '../vcs/index.ts';
import type { HostOrder } from './build-hosts.ts';
import { githubHostname } from './github-hostname.ts';

/** Registering a GitHub App for this server, on the GitHub that its options name. Reads and asks nothing yet. */
export function buildGithubAppSetup({ options, log, now, env }: Omit<HostOrder, 'localPulls'>): GithubAppSetup {
  return githubAppSetup({
    hostname: githubHostname(options.ghHostname),
    organisation: options.ghOrg,
    isDone: options.ghAppId !== 0,
    authorities: () => trustedAuthorities(env, log),
    now,
  });
}
