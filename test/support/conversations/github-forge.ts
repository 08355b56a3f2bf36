import { join } from 'node:path';
import { mergePull } from '../../fakes/github/git-pulls.ts';
import { type FakeGithub, fakeGithub } from '../../fakes/github/index.ts';
import { type Delivery, type Forge, type ForgeRepo, sender } from './forge.ts';

export async function githubForge(reposDir: string): Promise<Forge> {
  const github = await fakeGithub({ reposDir, webhookSecret: 'secret' });
  const { connect, send } = sender();
  return {
    flags: {
      'gh-user': github.state.login,
      'gh-token': github.token,
      'gh-hostname': github.hostname,
      'gh-webhook-secret': 'secret',
      'repo-allowlist': `${github.hostname}/acme/*`,
    },
    env: { SSL_CERT_FILE: github.certificateFile, GIT_SSL_CAINFO: github.certificateFile },
    connect,
    addRepo: (fullName) => repoOn(github, { reposDir, fullName, send }),
  };
}

type Place = {
  readonly reposDir: string;
  readonly fullName: string;
  send(delivery: Delivery): Promise<void>;
};

function repoOn(github: FakeGithub, { reposDir, fullName, send }: Place): ForgeRepo {
  const repo = github.addRepo(fullName);
  const of = (number: number) => {
    const pull = repo.pulls.get(number);
    if (!pull) throw new Error(`no pull request ${number}`);
    return pull;
  };
  return {
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
    reopen: (number) => {
      Object.assign(of(number), { state: 'open' });
      return send(github.pullEvent(repo, of(number), 'reopened'));
    },
    merge: async (number) => {
      mergePull(join(reposDir, `${fullName}.git`), of(number));
      Object.assign(of(number), { state: 'closed', merged: true });
    },
    tellMerged: (number) => send(github.pullEvent(repo, of(number), 'closed')),
    close: (number) => {
      Object.assign(of(number), { state: 'closed' });
      return send(github.pullEvent(repo, of(number), 'closed'));
    },
    comments: async (number) =>
      of(number)
        .comments.filter(({ author, minimised }) => author === github.state.login && !minimised)
        .map(({ body }) => body),
    statuses: async (number) => {
      const ofHead = repo.statuses.filter(({ sha }) => sha === of(number).headSha);
      return Object.fromEntries(ofHead.map((one) => [one.context, `${one.state}: ${one.description}`]));
    },
    isMerged: async (number) => of(number).merged,
  };
}
