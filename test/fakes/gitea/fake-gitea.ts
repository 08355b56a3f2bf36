import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { answerAsDescribed } from '../described-api.ts';
import { readPull } from '../github/git-pulls.ts';
import {
  type ApiRequest,
  type Delivery,
  type FakeReply,
  type HostServer,
  refusal,
  startHostServer,
} from '../host-server.ts';
import { pageOf } from '../paging.ts';
import { deliver, typeOfAction } from './deliveries.ts';
import { type Flavour, type GiteaDescription, readDescription } from './description.ts';
import { handlers } from './handlers.ts';
import { createRender } from './render.ts';
import type { FakeComment, FakePull, FakeRepo, FakeState } from './state.ts';

export type FakeGitea = Omit<HostServer, 'address'> & {
  /** What `--gitea-base-url` is given. */
  readonly baseUrl: string;
  readonly token: string;
  readonly state: FakeState;
  /** A repo; with `reposDir` the bare repository `<reposDir>/<full name>.git` is behind it. */
  addRepo(fullName: string): FakeRepo;
  /** Opens a pull request; its head and files come from git where the repo has one. */
  openPull(fullName: string, given?: Partial<FakePull>): FakePull;
  /** Reads the head and the files of a pull request anew, after a push to its branch. */
  pushed(repo: FakeRepo, pull: FakePull): void;
  addComment(pull: FakePull, body: string, author?: string): FakeComment;
  /** A delivery of a pull request's event, signed. `changes` are those of an edited one. */
  pullEvent(repo: FakeRepo, pull: FakePull, action: string, given?: { sender?: string; changes?: object }): Delivery;
  commentEvent(repo: FakeRepo, pull: FakePull, comment: FakeComment, action?: string): Delivery;
};

type Options = {
  readonly flavour?: Flavour;
  readonly reposDir?: string;
  readonly webhookSecret?: string;
  /** The path that everything is served below, such as `/git`. */
  readonly path?: string;
};

/** Read and compiled once for all fakes of a process. */
const descriptions: Readonly<Record<Flavour, GiteaDescription>> = {
  gitea: readDescription('gitea'),
  forgejo: readDescription('forgejo'),
};

/** A Gitea or Forgejo on this machine, over HTTPS: API and git, with pages of at most 50. */
export async function fakeGitea(options: Options = {}): Promise<FakeGitea> {
  const { flavour = 'gitea', path: below = '', webhookSecret: secret } = options;
  const description = descriptions[flavour];
  const token = 'gitea_secret_of_the_fake';
  const state: FakeState = {
    repos: new Map(),
    login: 'polder-bot',
    mayReadUser: true,
    tokens: new Set([token]),
    nextId: 1000,
  };
  const baseUrl = () => `https://${server.address}${below}`;
  const render = createRender(state, baseUrl);

  const server = await startHostServer({
    name: flavour,
    below,
    api: /^\/api\/v1(?=\/)/,
    reposDir: options.reposDir,
    tokens: state.tokens,
    answer: (request) => {
      const credential = /^(?:token|bearer) (.+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
      if (!state.tokens.has(credential)) return refusal(401, 'invalid username, password or token');
      const answered = answerAsDescribed({ description, handlers, context: { state, render }, server }, request);
      if (!answered) return refusal(404, 'Not Found');
      return description.isPaged(answered.route) ? paged(request, answered.reply) : answered.reply;
    },
  });

  return {
    ...server,
    baseUrl: baseUrl(),
    token,
    state,
    addRepo: (fullName) => {
      const repo = newRepo(fullName, options.reposDir);
      state.repos.set(fullName, repo);
      return repo;
    },
    openPull: (fullName, given = {}) => {
      const repo = state.repos.get(fullName);
      if (!repo) throw new Error(`no repo ${fullName}`);
      const pull = { ...newPull(repo), ...given };
      if (repo.gitDir !== null) Object.assign(pull, readPull(repo.gitDir, pull));
      repo.branches.add(pull.headBranch);
      repo.pulls.set(pull.number, pull);
      return pull;
    },
    pushed: ({ gitDir }, pull) => {
      if (gitDir !== null) Object.assign(pull, readPull(gitDir, pull));
    },
    addComment: (pull, body, author = 'ada') => {
      const comment = { id: state.nextId++, author, body, reactions: [] };
      pull.comments.push(comment);
      return comment;
    },
    pullEvent: (repo, pull, action, { sender = pull.author, changes } = {}) => {
      const payload = {
        action,
        number: pull.number,
        ...(changes === undefined ? {} : { changes }),
        pull_request: render.pull(repo, pull),
        requested_reviewer: null,
        repository: render.repo(repo),
        sender: render.user(sender),
        commit_id: '',
        review: null,
      };
      return deliver(payload, { flavour, secret, event: 'pull_request', type: typeOfAction(action) });
    },
    commentEvent: (repo, pull, comment, action = 'created') => {
      const payload = {
        action,
        issue: render.issue(repo, pull),
        pull_request: render.pull(repo, pull),
        comment: render.comment({ repo, pull, comment }),
        repository: render.repo(repo),
        sender: render.user(comment.author),
        is_pull: true,
      };
      return deliver(payload, { flavour, secret, event: 'issue_comment', type: 'pull_request_comment' });
    },
  };
}

function newRepo(fullName: string, reposDir: string | undefined): FakeRepo {
  return {
    fullName,
    gitDir: reposDir === undefined ? null : join(reposDir, `${fullName}.git`),
    pulls: new Map(),
    statuses: [],
    files: new Map(),
    allowed: { merge: true, rebase: true, squash: true },
    branches: new Set(['main']),
    permissions: { admin: true, push: true, pull: true },
    hooks: [],
  };
}

function newPull({ fullName, pulls }: FakeRepo): FakePull {
  return {
    number: pulls.size + 1,
    author: 'ada',
    title: 'A change',
    headBranch: 'change',
    headSha: createHash('sha1').update(`${fullName} ${pulls.size}`).digest('hex'),
    headRepo: fullName,
    baseBranch: 'main',
    state: 'open',
    merged: false,
    labels: [],
    hasConflict: false,
    checksLeft: 0,
    blocked: null,
    files: [],
    comments: [],
    reviews: [],
  };
}

/** 30 rows by default, 50 at most: Gitea's DEFAULT_PAGING_NUM and MAX_RESPONSE_ITEMS. */
function paged({ url }: ApiRequest, reply: FakeReply): FakeReply {
  if (!Array.isArray(reply.body) || reply.status !== 200) return reply;
  const { rows, link } = pageOf(url, reply.body, { parameter: 'limit', usual: 30, most: 50 });
  return { status: 200, headers: { 'x-total-count': String(reply.body.length), ...link }, body: rows };
}
