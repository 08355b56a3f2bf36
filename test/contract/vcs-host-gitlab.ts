import type { GitlabHostOptions } from '../../src/vcs/gitlab/index.ts';
import { fakeGitlab } from '../fakes/gitlab/index.ts';
import { gitlabOf } from '../support/hosts.ts';

/** One open merge request of `acme/infra`. */
export async function withRequest(changed: Partial<GitlabHostOptions> = {}) {
  const gitlab = await fakeGitlab({ webhookSecret: 'secret' });
  const project = gitlab.addProject('acme/infra');
  const request = gitlab.openRequest('acme/infra');
  const ref = { fullName: 'acme/infra', number: request.iid };
  const host = gitlabOf(gitlab, changed);
  return { gitlab, project, request, ref, host, pulls: host.pulls };
}
