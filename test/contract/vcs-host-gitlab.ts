import { readFileSync } from 'node:fs';
import { silentLog } from '../../src/lib/log.ts';
import { type GitlabHostOptions, gitlabHost } from '../../src/vcs/gitlab/index.ts';
import type { PullHost, VcsHost } from '../../src/vcs/index.ts';
import { type FakeGitlab, fakeGitlab } from '../fakes/gitlab/index.ts';

/** The host that speaks to a fake GitLab, and hardly waits. */
export function hostOf(
  gitlab: FakeGitlab,
  changed: Partial<GitlabHostOptions> = {},
): VcsHost & { readonly pulls: PullHost } {
  const host = gitlabHost({
    hostname: gitlab.hostname,
    user: gitlab.state.login,
    token: gitlab.token,
    webhookSecret: 'secret',
    groups: [],
    statusRetry: false,
    authorities: [readFileSync(gitlab.certificateFile, 'utf8')],
    log: silentLog(),
    now: Date.now,
    pollMs: 1,
    ...changed,
  });
  if (!host.pulls) throw new Error('no pull requests');
  return { ...host, pulls: host.pulls };
}

/** One open merge request of `acme/infra`. */
export async function withRequest(changed: Partial<GitlabHostOptions> = {}) {
  const gitlab = await fakeGitlab({ webhookSecret: 'secret' });
  const project = gitlab.addProject('acme/infra');
  const request = gitlab.openRequest('acme/infra');
  const ref = { fullName: 'acme/infra', number: request.iid };
  const host = hostOf(gitlab, changed);
  return { gitlab, project, request, ref, host, pulls: host.pulls };
}
