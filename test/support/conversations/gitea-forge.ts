import { isSuperseded } from '../../../src/vcs/index.ts';
import { type FakeComment, type FakeGitea, type FakePull, fakeGitea } from '../../fakes/gitea/index.ts';
import { type Forge, type ForgeRepo, type Place, sender } from './forge.ts';
import { pullRepo } from './pull-repo.ts';

export async function giteaForge(reposDir: string): Promise<Forge> {
  const gitea = await fakeGitea({ reposDir, webhookSecret: 'secret' });
  const { connect, send } = sender();
  return {
    flags: {
      'gitea-user': gitea.state.login,
      'gitea-token': gitea.token,
      'gitea-base-url': gitea.baseUrl,
      'gitea-webhook-secret': 'secret',
      'repo-allowlist': '*',
    },
    env: { SSL_CERT_FILE: gitea.certificateFile, GIT_SSL_CAINFO: gitea.certificateFile },
    connect,
    addRepo: (fullName) => repoOn(gitea, { fullName, send }),
  };
}

function repoOn(gitea: FakeGitea, { fullName, send }: Place): ForgeRepo {
  const repo = gitea.addRepo(fullName);
  const { of, ...common } = pullRepo({
    repo,
    isShown: ({ author, body }: FakeComment) => author === gitea.state.login && !isSuperseded(body),
    event: (pull: FakePull, action) => gitea.pullEvent(repo, pull, action),
    send,
  });
  return {
    ...common,
    open: async (headBranch, { draft = false, labels = [], fork = false }) => {
      const title = draft ? 'WIP: a change' : 'A change';
      const headRepo = fork ? fullName.replace('acme/', 'ada/') : fullName;
      const pull = gitea.openPull(fullName, { headBranch, headRepo, title, labels: [...labels] });
      await send(gitea.pullEvent(repo, pull, 'opened'));
      return pull.number;
    },
    pushed: async (number) => {
      gitea.pushed(repo, of(number));
      await send(gitea.pullEvent(repo, of(number), 'synchronized'));
    },
    comment: (number, body) => send(gitea.commentEvent(repo, of(number), gitea.addComment(of(number), body))),
    approve: async (number) =>
      void of(number).reviews.push({ id: gitea.state.nextId++, login: 'grace', state: 'APPROVED', dismissed: false }),
    block: (number, isBlocked) => void Object.assign(of(number), { hasConflict: isBlocked }),
    ready: (number) => {
      const { title } = of(number);
      Object.assign(of(number), { title: 'A change' });
      return send(gitea.pullEvent(repo, of(number), 'edited', { changes: { title: { from: title } } }));
    },
  };
}
