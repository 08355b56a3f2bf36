import { isSuperseded } from '../../../src/vcs/index.ts';
import { mergeRequest } from '../../fakes/gitlab/git-requests.ts';
import { type FakeGitlab, type FakeRequest, fakeGitlab } from '../../fakes/gitlab/index.ts';
import { type Forge, type ForgeRepo, type Place, sender } from './forge.ts';

/** GitLab's words for what others call pending and failure. */
const states: Readonly<Record<string, string>> = { running: 'pending', failed: 'failure' };

export async function gitlabForge(reposDir: string): Promise<Forge> {
  const gitlab = await fakeGitlab({ reposDir, webhookSecret: 'secret' });
  const { connect, send } = sender();
  return {
    flags: {
      'gitlab-user': gitlab.state.login,
      'gitlab-token': gitlab.token,
      'gitlab-hostname': gitlab.hostname,
      'gitlab-webhook-secret': 'secret',
      'repo-allowlist': `${gitlab.hostname}/acme/*`,
    },
    env: { SSL_CERT_FILE: gitlab.certificateFile, GIT_SSL_CAINFO: gitlab.certificateFile },
    connect,
    addRepo: (fullName) => repoOn(gitlab, { fullName, send }),
  };
}

function repoOn(gitlab: FakeGitlab, { fullName, send }: Place): ForgeRepo {
  const project = gitlab.addProject(fullName);
  const of = (iid: number) => {
    const request = project.requests.get(iid);
    if (!request) throw new Error(`no merge request ${iid}`);
    return request;
  };
  // As where CI runs: without a pipeline each first status of a commit waits two seconds for one.
  const runPipeline = ({ sha, sourceBranch: ref }: FakeRequest) =>
    void gitlab.addPipeline(project, { sha, ref, status: 'success' });
  return {
    open: async (sourceBranch, { draft = false, labels = [], fork = false }) => {
      const sourceProject = fork ? fullName.replace('acme/', 'ada/') : fullName;
      const request = gitlab.openRequest(fullName, { sourceBranch, sourceProject, draft, labels: [...labels] });
      runPipeline(request);
      await send(gitlab.requestEvent(project, request, { action: 'open' }));
      return request.iid;
    },
    pushed: async (iid) => {
      const oldrev = of(iid).sha;
      gitlab.pushed(project, of(iid));
      runPipeline(of(iid));
      await send(gitlab.requestEvent(project, of(iid), { action: 'update', oldrev }));
    },
    comment: (iid, body) => send(gitlab.noteEvent(project, { request: of(iid), note: gitlab.addNote(of(iid), body) })),
    approve: async (iid) => void of(iid).approvedBy.push('grace'),
    block: (iid, isBlocked) => {
      of(iid).detailedMergeStatus = isBlocked ? 'discussions_not_resolved' : 'mergeable';
    },
    ready: (iid) => {
      of(iid).draft = false;
      const changes = { draft: { previous: true, current: false } };
      return send(gitlab.requestEvent(project, of(iid), { action: 'update', changes }));
    },
    reopen: (iid) => {
      of(iid).state = 'opened';
      return send(gitlab.requestEvent(project, of(iid), { action: 'reopen' }));
    },
    merge: async (iid) => {
      if (project.gitDir !== null) mergeRequest(project.gitDir, of(iid));
      of(iid).state = 'merged';
    },
    tellMerged: (iid) => send(gitlab.requestEvent(project, of(iid), { action: 'merge' })),
    close: (iid) => {
      of(iid).state = 'closed';
      return send(gitlab.requestEvent(project, of(iid), { action: 'close' }));
    },
    comments: async (iid) =>
      of(iid)
        .notes.filter(({ author, body }) => author === gitlab.state.login && !isSuperseded(body))
        .map(({ body }) => body),
    statuses: async (iid) => {
      const ofHead = project.statuses.filter(({ sha }) => sha === of(iid).sha);
      return Object.fromEntries(
        ofHead.map((one) => [one.name, `${states[one.status] ?? one.status}: ${one.description ?? ''}`]),
      );
    },
    isMerged: async (iid) => of(iid).state === 'merged',
  };
}
