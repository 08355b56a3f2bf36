import { type FakeComment, type FakeGithub, type FakePull, fakeGithub } from '../../fakes/github/index.ts';
import { type Forge, type ForgeRepo, type Place, sender } from './forge.ts';
import { pullRepo } from './pull-repo.ts';

export async function githubForge(reposDir: string): Promise<Forge> {
  const github = await fakeGithub({ reposDir, webhookSecret: 'secret' });
  const { connect, send } = sender();
  return {
    flags: {
      'gh-user': github.state.login,
      'gh-token': github.token,
      'gh-hostname': github.hostname,
      'gh-webhook-secret': 'secret',
      // As those of Atlantis, without the port.
      'repo-allowlist': 'localhost/acme/*',
    },
    env: { SSL_CERT_FILE: github.certificateFile, GIT_SSL_CAINFO: github.certificateFile },
    connect,
    addRepo: (fullName) => repoOn(github, { fullName, send }),
  };
}

function repoOn(github: FakeGithub, { fullName, send }: Place): ForgeRepo {
  const repo = github.addRepo(fullName);
  const { of, ...common } = pullRepo({
    repo,
    isShown: ({ author, minimised }: FakeComment) => author === github.state.login && !minimised,
    event: (pull: FakePull, action) => github.pullEvent(repo, pull, action),
    send,
  });
  return {
    ...common,
    open: async (headBranch, { draft = false, labels = [], fork = false }) => {
      const headRepo = fork ? fullName.replace('acme/', 'ada/') : fullName;
      const pull = github.openPull(fullName, { headBranch, headRepo, draft, labels: [...labels] });
      await send(github.pullEvent(repo, pull, 'opened'));
      return pull.number;
    },
    pushed: async (number) => {
      github.pushed(repo, of(number));
      await send(github.pullEvent(repo, of(number), 'synchronize'));
    },
    comment: (number, body) => send(github.commentEvent(repo, of(number), github.addComment(of(number), body))),
    approve: async (number) =>
      void of(number).reviews.push({ id: github.state.nextId++, login: 'grace', state: 'APPROVED' }),
    block: (number, isBlocked) => void Object.assign(of(number), { mergeableState: isBlocked ? 'blocked' : 'clean' }),
    ready: (number) => {
      Object.assign(of(number), { draft: false });
      return send(github.pullEvent(repo, of(number), 'ready_for_review'));
    },
  };
}
