import { createHash, createHmac } from 'node:crypto';
import { join } from 'node:path';
import { answerAsDescribed } from '../described-api.ts';
import {
  type ApiRequest,
  type Delivery,
  type FakeReply,
  type HostServer,
  refusal,
  startHostServer,
} from '../host-server.ts';
import { pageOf, tagged } from '../paging.ts';
import { readDescription } from './description.ts';
import { readPull } from './git-pulls.ts';
import { answerGraphql } from './graphql.ts';
import { handlers } from './handlers.ts';
import { createRender } from './render.ts';
import { type FakeComment, type FakePull, type FakeRepo, type FakeState, newState } from './state.ts';

/** GraphQL is noted among the requests as `QUERY` and `MUTATION`. */
export type FakeGithub = Omit<HostServer, 'address'> & {
  /** With the port: what `--gh-hostname` is given. */
  readonly hostname: string;
  readonly token: string;
  readonly state: FakeState;
  /** A repo; with `reposDir` the bare repository `<reposDir>/<full name>.git` is behind it. */
  addRepo(fullName: string): FakeRepo;
  /** Opens a pull request; its head and files come from git where the repo has one. */
  openPull(fullName: string, given?: Partial<FakePull>): FakePull;
  /** Reads the head and the files of a pull request anew, after a push to its branch. */
  pushed(repo: FakeRepo, pull: FakePull): void;
  addComment(pull: FakePull, body: string, author?: string): FakeComment;
  /** A delivery of a pull request's event, signed. */
  pullEvent(repo: FakeRepo, pull: FakePull, action: string, sender?: string): Delivery;
  commentEvent(repo: FakeRepo, pull: FakePull, comment: FakeComment, action?: string): Delivery;
};

type Options = { readonly reposDir?: string; readonly webhookSecret?: string };

/** Read and compiled once for all fakes of a process. */
const description = readDescription();

/** A GitHub Enterprise Server on this machine, over HTTPS: API, GraphQL and git, with pages of at most 100. */
export async function fakeGithub(options: Options = {}): Promise<FakeGithub> {
  const token = 'ghp_secret_of_the_fake';
  const state = newState('polder-bot', token);
  const render = createRender(description, () => `https://${server.address}`);

  const answer = (request: ApiRequest): FakeReply => {
    const { path, headers, body } = request;
    const credential = /^(?:token|bearer) (.+)$/i.exec(headers.authorization ?? '')?.[1] ?? '';
    const isApp = /^\/app(\/|$)/.test(path) && credential.split('.').length === 3;
    const isOpen = path.startsWith('/app-manifests/');
    if (!state.tokens.has(credential) && !isApp && !isOpen) return refusal(401, 'Bad credentials');
    if (path === '/graphql') {
      const query = body as { query: string; variables: Record<string, unknown> };
      server.requests.push(query.query.startsWith('mutation') ? 'MUTATION' : 'QUERY');
      return { status: 200, body: answerGraphql(state, query) };
    }
    const answered = answerAsDescribed(
      { description, handlers, context: { state, render, description }, server },
      request,
    );
    return answered ? tagged(request, paged(request, answered.reply)) : refusal(404, 'Not Found');
  };

  const server = await startHostServer({
    name: 'GitHub',
    below: '',
    api: /^\/api(?:\/v3)?(?=\/)/,
    reposDir: options.reposDir,
    tokens: state.tokens,
    answer: (request) => {
      const reply = answer(request);
      return state.scopes === null
        ? reply
        : { ...reply, headers: { ...reply.headers, 'x-oauth-scopes': state.scopes } };
    },
  });

  const delivery = (event: string, payload: object): Delivery => {
    const body = JSON.stringify(payload);
    const secret = options.webhookSecret;
    const signature = secret === undefined ? undefined : createHmac('sha256', secret).update(body).digest('hex');
    const id = String(state.nextId++);
    const signed = signature === undefined ? {} : { 'x-hub-signature-256': `sha256=${signature}` };
    const headers = { 'content-type': 'application/json', 'x-github-event': event, 'x-github-delivery': id, ...signed };
    return { headers, body };
  };

  return {
    ...server,
    hostname: server.address,
    token,
    state,
    addRepo: (fullName) => {
      const repo: FakeRepo = {
        id: state.nextId++,
        fullName,
        gitDir: options.reposDir === undefined ? null : join(options.reposDir, `${fullName}.git`),
        pulls: new Map(),
        statuses: [],
        files: new Map(),
        allowed: { merge: true, rebase: true, squash: true },
        deletedBranches: [],
        permissions: { admin: true, push: true, pull: true },
        hooks: [],
      };
      state.repos.set(fullName, repo);
      return repo;
    },
    openPull: (fullName, given = {}) => {
      const repo = state.repos.get(fullName);
      if (!repo) throw new Error(`no repo ${fullName}`);
      const pull = { ...newPull(repo), ...given };
      if (repo.gitDir !== null) Object.assign(pull, readPull(repo.gitDir, pull));
      repo.pulls.set(pull.number, pull);
      return pull;
    },
    pushed: ({ gitDir }, pull) => {
      if (gitDir !== null) Object.assign(pull, readPull(gitDir, pull));
    },
    addComment: (pull, body, author = 'ada') => {
      const comment = { id: state.nextId++, author, body, minimised: false, reactions: [] };
      pull.comments.push(comment);
      return comment;
    },
    pullEvent: (repo, pull, action, sender = pull.author) =>
      delivery('pull_request', {
        action,
        number: pull.number,
        pull_request: render.pull(repo, pull),
        repository: render.repo(repo),
        sender: render.user(sender),
      }),
    commentEvent: (repo, pull, comment, action = 'created') =>
      delivery('issue_comment', {
        action,
        issue: { number: pull.number, pull_request: {} },
        comment: render.comment(comment),
        repository: render.repo(repo),
        sender: render.user(comment.author),
      }),
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
    draft: false,
    labels: [],
    mergeableState: 'clean',
    files: [],
    comments: [],
    reviews: [],
    reviewDecision: null,
    requiredContexts: [],
    rules: [],
    workflowRuns: [],
  };
}

function paged({ url }: ApiRequest, reply: FakeReply): FakeReply {
  if (!Array.isArray(reply.body) || reply.status !== 200) return reply;
  const { rows, link } = pageOf(url, reply.body, { parameter: 'per_page', usual: 30, most: 100 });
  return { status: 200, headers: link, body: rows };
}
