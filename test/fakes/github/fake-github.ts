import { createHash, createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { onCleanup } from '../../support/cleanup.ts';
import { runGitBackend } from '../../support/git-http-server.ts';
import { readDescription } from './description.ts';
import { readPull } from './git-pulls.ts';
import { answerGraphql } from './graphql.ts';
import type { FakeReply } from './handler.ts';
import { handlers } from './handlers.ts';
import { createRender } from './render.ts';
import { type FakeComment, type FakePull, type FakeRepo, type FakeState, newState } from './state.ts';

/** Instead of an answer: one of ours, or none at all. */
export type Failure =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: unknown }
  /** The connection ends; with `done` only after the request was carried out. */
  | { readonly drop: 'before' | 'done' }
  | { readonly hang: true };

export type FakeGithub = {
  /** With the port: what `--gh-hostname` is given. */
  readonly hostname: string;
  readonly token: string;
  /** The certificate, which is its own authority: for `SSL_CERT_FILE` and `GIT_SSL_CAINFO`. */
  readonly certificateFile: string;
  readonly state: FakeState;
  /** `METHOD route` of every request that was understood, in order; GraphQL as `QUERY` and `MUTATION`. */
  readonly requests: string[];
  /** Requests and replies that GitHub's description does not know. A test that leaves some fails. */
  readonly problems: string[];
  /** A repo; with `reposDir` the bare repository `<reposDir>/<full name>.git` is behind it. */
  addRepo(fullName: string): FakeRepo;
  /** Opens a pull request; its head and files come from git where the repo has one. */
  openPull(fullName: string, given?: Partial<FakePull>): FakePull;
  /** Reads the head and the files of a pull request anew, after a push to its branch. */
  pushed(repo: FakeRepo, pull: FakePull): void;
  addComment(pull: FakePull, body: string, author?: string): FakeComment;
  /** Lets the next `times` requests that match (`METHOD /path`) fail. */
  fail(matching: RegExp, failure: Failure, times?: number): void;
  /** A delivery of a pull request's event, signed. */
  pullEvent(repo: FakeRepo, pull: FakePull, action: string, sender?: string): Delivery;
  commentEvent(repo: FakeRepo, pull: FakePull, comment: FakeComment, action?: string): Delivery;
};

export type Delivery = { readonly headers: Readonly<Record<string, string>>; readonly body: string };

type Options = { readonly reposDir?: string; readonly login?: string; readonly webhookSecret?: string };

/** Read and compiled once for all fakes of a process. */
const description = readDescription();

const tls = join(import.meta.dirname, '../../fixtures/tls');

/** A GitHub Enterprise Server on this machine, over HTTPS: API, GraphQL and git, with pages of at most 100. */
export async function fakeGithub(options: Options = {}): Promise<FakeGithub> {
  const token = 'ghp_secret_of_the_fake';
  const login = options.login ?? 'polder-bot';
  const state = newState(login, token);
  const requests: string[] = [];
  const problems: string[] = [];
  const failures: { matching: RegExp; failure: Failure; left: number }[] = [];
  const hostname = () => `localhost:${(server.address() as AddressInfo).port}`;
  const render = createRender(description, () => `https://${hostname()}`);

  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? '/', `https://${hostname()}`);
    if (!url.pathname.startsWith('/api/')) return serveGit(request, response);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const path = url.pathname.replace(/^\/api(\/v3)?/, '');
    const failing = failures.find(({ matching, left }) => left > 0 && matching.test(`${request.method} ${path}`));
    if (failing) failing.left -= 1;
    const failure = failing?.failure;
    if (failure && 'hang' in failure) return;
    if (failure && 'drop' in failure && failure.drop === 'before') return void request.socket.destroy();
    if (failure && 'status' in failure) return send(response, failure, failure.headers);
    const reply = answer(request, url, { path, body: text === '' ? undefined : JSON.parse(text) });
    if (failure) return void request.socket.destroy();
    sendPage(request, response, { url, reply });
  };

  const answer = (request: IncomingMessage, url: URL, { path, body }: { path: string; body: unknown }): FakeReply => {
    const credential = /^(?:token|bearer) (.+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
    const isApp = /^\/app(\/|$)/.test(path) && credential.split('.').length === 3;
    const isOpen = path.startsWith('/app-manifests/');
    if (!state.tokens.has(credential) && !isApp && !isOpen)
      return { status: 401, body: { message: 'Bad credentials' } };
    if (path === '/graphql') {
      const query = body as { query: string; variables: Record<string, unknown> };
      requests.push(query.query.startsWith('mutation') ? 'MUTATION' : 'QUERY');
      return { status: 200, body: answerGraphql(state, query) };
    }
    const found = description.match(request.method ?? '', path);
    const handler = found && handlers[found.route];
    if (!found || !handler) {
      problems.push(`not served: ${request.method} ${path}`);
      return { status: 404, body: { message: 'Not Found' } };
    }
    requests.push(found.route);
    problems.push(...description.checkRequest(found.route, { query: url.searchParams, body }));
    const { parameters, route } = found;
    const given = { parameters, query: url.searchParams, body: (body ?? {}) as Record<string, string> };
    const reply = handler({ state, render, description }, given);
    problems.push(...description.checkReply(route, { status: reply.status, body: reply.body }));
    return reply;
  };

  const serveGit = (request: IncomingMessage, response: ServerResponse) => {
    const basic = Buffer.from((request.headers.authorization ?? '').replace('Basic ', ''), 'base64').toString();
    const isKnown = state.tokens.has(basic.slice(basic.indexOf(':') + 1));
    if (isKnown && options.reposDir !== undefined) runGitBackend(options.reposDir, request, response);
    else response.writeHead(401, { 'www-authenticate': 'Basic realm="GitHub"' }).end();
  };

  const certificate = {
    cert: readFileSync(join(tls, 'localhost.cert.pem')),
    key: readFileSync(join(tls, 'localhost.key.pem')),
  };
  const server = createServer(certificate, (request, response) => {
    if (state.scopes !== null) response.setHeader('x-oauth-scopes', state.scopes);
    serve(request, response).catch((error: unknown) => {
      problems.push(String(error));
      response.writeHead(500).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  onCleanup(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    if (problems.length > 0) throw new Error(`not as GitHub describes it:\n${problems.join('\n')}`);
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
    hostname: hostname(),
    token,
    certificateFile: join(tls, 'localhost.cert.pem'),
    state,
    requests,
    problems,
    addRepo: (fullName) => {
      const repo: FakeRepo = {
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
    fail: (matching, failure, times = 1) => void failures.push({ matching, failure, left: times }),
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
  };
}

function sendPage(request: IncomingMessage, response: ServerResponse, { url, reply }: { url: URL; reply: FakeReply }) {
  const whole = reply.body;
  if (!Array.isArray(whole) || reply.status !== 200) return sendTagged(request, response, { reply, headers: {} });
  const size = Math.min(100, Number(url.searchParams.get('per_page') ?? 30));
  const page = Number(url.searchParams.get('page') ?? 1);
  const next = new URL(url);
  next.searchParams.set('page', String(page + 1));
  const headers: Record<string, string> = whole.length > page * size ? { link: `<${next.href}>; rel="next"` } : {};
  const body: unknown[] = whole.slice((page - 1) * size, page * size);
  return sendTagged(request, response, { reply: { status: 200, body }, headers });
}

type Tagged = { readonly reply: FakeReply; readonly headers: Record<string, string> };

function sendTagged(request: IncomingMessage, response: ServerResponse, { reply, headers }: Tagged): void {
  const isTagged = request.method === 'GET' && reply.status === 200;
  const digest = createHash('sha1').update(JSON.stringify(reply.body) ?? '');
  const etag = `W/"${digest.digest('hex')}"`;
  if (!isTagged) send(response, reply, headers);
  else if (request.headers['if-none-match'] === etag) response.writeHead(304, { etag, ...headers }).end();
  else send(response, reply, { etag, ...headers });
}

function send(response: ServerResponse, reply: FakeReply, headers: Readonly<Record<string, string>> = {}): void {
  const type = reply.body === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' };
  response.writeHead(reply.status, { ...type, ...headers });
  response.end(reply.body === undefined ? undefined : JSON.stringify(reply.body));
}
