import { join } from 'node:path';
import { isSuperseded } from '../../../src/vcs/index.ts';
import { type FakeGitea, fakeGitea } from '../../fakes/gitea/index.ts';
import { mergePull } from '../../fakes/github/git-pulls.ts';
import { type Delivery, type Forge, type ForgeRepo, sender } from './forge.ts';

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
    addRepo: (fullName) => repoOn(gitea, { reposDir, fullName, send }),
  };
}

type Place = {
  readonly reposDir: string;
  readonly fullName: string;
  send(delivery: Delivery): Promise<void>;
};

function repoOn(gitea: FakeGitea, { reposDir, fullName, send }: Place): ForgeRepo {
  const repo = gitea.addRepo(fullName);
  const of = (number: number) => {
    const pull = repo.pulls.get(number);
    if (!pull) throw new Error(`no pull request ${number}`);
    return pull;
  };
  return {
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
    reopen: (number) => {
      Object.assign(of(number), { state: 'open' });
      return send(gitea.pullEvent(repo, of(number), 'reopened'));
    },
    merge: async (number) => {
      mergePull(join(reposDir, `${fullName}.git`), of(number));
      Object.assign(of(number), { state: 'closed', merged: true });
    },
    tellMerged: (number) => send(gitea.pullEvent(repo, of(number), 'closed')),
    close: (number) => {
      Object.assign(of(number), { state: 'closed' });
      return send(gitea.pullEvent(repo, of(number), 'closed'));
    },
    comments: async (number) =>
      of(number)
        .comments.filter(({ author, body }) => author === gitea.state.login && !isSuperseded(body))
        .map(({ body }) => body),
    statuses: async (number) => {
      const ofHead = repo.statuses.filter(({ sha }) => sha === of(number).headSha);
      return Object.fromEntries(ofHead.map((one) => [one.context, `${one.state}: ${one.description}`]));
    },
    isMerged: async (number) => of(number).merged,
  };
}
