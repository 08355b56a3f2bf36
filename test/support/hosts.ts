import { readFileSync } from 'node:fs';
import { silentLog } from '../../src/lib/log.ts';
import { type GiteaHostOptions, giteaHost } from '../../src/vcs/gitea/index.ts';
import { type GithubHostOptions, githubHost } from '../../src/vcs/github/index.ts';
import { type GitlabHostOptions, gitlabHost } from '../../src/vcs/gitlab/index.ts';
import type { PullHost, VcsHost } from '../../src/vcs/index.ts';
import type { FakeGitea } from '../fakes/gitea/index.ts';
import type { FakeGithub } from '../fakes/github/index.ts';
import type { FakeGitlab } from '../fakes/gitlab/index.ts';

/* Hosts that speak to fakes, and hardly wait. */

export type PullsHost = VcsHost & { readonly pulls: PullHost };

export function githubOf(fake: FakeGithub, changed: Partial<GithubHostOptions> = {}): PullsHost {
  const token = async () => fake.token;
  return withPulls(
    githubHost({
      ...usual(fake),
      hostname: fake.hostname,
      credentials: { kind: 'token', user: fake.state.login, token },
      allowMergeableBypass: false,
      ...changed,
    }),
  );
}

export function gitlabOf(fake: FakeGitlab, changed: Partial<GitlabHostOptions> = {}): PullsHost {
  const { hostname, token, state } = fake;
  const options = { hostname, token, user: state.login, groups: [], statusRetry: false };
  return withPulls(gitlabHost({ ...usual(fake), ...options, ...changed }));
}

export function giteaOf(fake: FakeGitea, changed: Partial<GiteaHostOptions> = {}): PullsHost {
  const { baseUrl, token, state } = fake;
  return withPulls(giteaHost({ ...usual(fake), baseUrl, token, user: state.login, pageSize: 30, ...changed }));
}

function usual({ certificateFile }: { readonly certificateFile: string }) {
  return {
    webhookSecret: 'secret',
    authorities: [readFileSync(certificateFile, 'utf8')],
    log: silentLog(),
    now: Date.now,
    pollMs: 1,
  };
}

function withPulls(host: VcsHost): PullsHost {
  if (!host.pulls) throw new Error('no pull requests');
  return { ...host, pulls: host.pulls };
}
