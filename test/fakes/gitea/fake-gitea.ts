import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { onCleanup } from '../../support/cleanup.ts';
import { runGitBackend } from '../../support/git-http-server.ts';
import { readPull } from '../github/git-pulls.ts';
import { type Delivery, deliver, typeOfAction } from './deliveries.ts';
import { type Flavour, type GiteaDescription, readDescription } from './description.ts';
import { type FakeReply, handlers } from './handlers.ts';
import { createRender } from './render.ts';
import type { FakeComment, FakePull, FakeRepo, FakeState } from './state.ts';

export type { Delivery } from './deliveries.ts';

/** Instead of an answer: one of ours, or none at all. */
export type Failure =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: unknown }
  /** The connection ends; with `done` only after the request was carried out. */
  | { readonly drop: 'before' | 'done' }
  | { readonly hang: true };

export type FakeGitea = {
  /** What `--gitea-base-url` is given. */
  readonly baseUrl: string;
  readonly token: string;
  /** The certificate, which is its own authority: for `SSL_CERT_FILE` and `GIT_SSL_CAINFO`. */
  readonly certificateFile: string;
  readonly state: FakeState;
  /** `METHOD route` of every request that was understood, in order. */
  readonly requests: string[];
  /** Requests and replies that the published description does not know. A test that leaves some fails. */
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
  /** A delivery of a pull request's event, signed. `changes` are those of an edited one. */
  pullEvent(repo: FakeRepo, pull: FakePull, action: string, given?: { sender?: string; changes?: object }): Delivery;
  commentEvent(repo: FakeRepo, pull: FakePull, comment: FakeComment, action?: string): Delivery;
};

type Options = {
  readonly flavour?: Flavour;
  readonly reposDir?: string;
  readonly login?: string;
  readonly webhookSecret?: string;
  /** The path that everything is served below, such as `/git`. */
  readonly path?: string;
};

/** Read and compiled once for all fakes of a process. */
const descriptions: Readonly<Record<Flavour, GiteaDescription>> = {
  gitea: readDescription('gitea'),
  forgejo: readDescription('forgejo'),
};

const tls = join(import.meta.dirname, '../../fixtures/tls');

/** A Gitea or Forgejo on this machine, over HTTPS: API and git, with pages of at most 50. */
export async function fakeGitea(options: Options = {}): Promise<FakeGitea> {
  const { flavour = 'gitea', login = 'polder-bot', path: below = '', webhookSecret: secret } = options;
  const description = descriptions[flavour];
  const token = 'gitea_secret_of_the_fake';
  const state: FakeState = { repos: new Map(), login, mayReadUser: true, tokens: new Set([token]), nextId: 1000 };
  const requests: string[] = [];
  const problems: string[] = [];
  const failures: { matching: RegExp; failure: Failure; left: number }[] = [];
  const baseUrl = () => `https://localhost:${(server.address() as AddressInfo).port}${below}`;
  const render = createRender(state, baseUrl);

  const failureOf = (request: string): Failure | undefined => {
    const found = failures.find(({ matching, left }) => left > 0 && matching.test(request));
    if (found) found.left -= 1;
    return found?.failure;
  };

  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    request.url = (request.url ?? '/').slice(below.length);
    const url = new URL(request.url, baseUrl());
    if (!url.pathname.startsWith('/api/v1/')) return serveGit(request, response);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const path = url.pathname.slice('/api/v1'.length);
    const failure = failureOf(`${request.method} ${path}`);
    if (failure && 'hang' in failure) return;
    if (failure && 'drop' in failure && failure.drop === 'before') return void request.socket.destroy();
    if (failure && 'status' in failure) return send(response, failure, failure.headers);
    const { reply, paged } = answer(request, url, { path, body: text === '' ? undefined : JSON.parse(text) });
    if (failure) return void request.socket.destroy();
    if (paged) sendPage(response, url, reply);
    else send(response, reply);
  };

  const answer = (
    request: IncomingMessage,
    url: URL,
    { path, body }: { path: string; body: unknown },
  ): { reply: FakeReply; paged: boolean } => {
    const refused = (status: number, message: string) => ({ reply: { status, body: { message } }, paged: false });
    const credential = /^(?:token|bearer) (.+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
    if (!state.tokens.has(credential)) return refused(401, 'invalid username, password or token');
    const found = description.match(request.method ?? '', path);
    const handler = found && handlers[found.route];
    if (!found || !handler) {
      problems.push(`not served: ${request.method} ${path}`);
      return refused(404, 'Not Found');
    }
    const { parameters, route } = found;
    requests.push(route);
    problems.push(...description.checkRequest(route, { query: url.searchParams, body }));
    const given = { parameters, query: url.searchParams, body: (body ?? {}) as Record<string, string> };
    const reply = handler({ state, render }, given);
    problems.push(...description.checkReply(route, { status: reply.status, body: reply.body }));
    return { reply, paged: reply.status === 200 && description.isPaged(route) };
  };

  const serveGit = (request: IncomingMessage, response: ServerResponse) => {
    const basic = Buffer.from((request.headers.authorization ?? '').replace('Basic ', ''), 'base64').toString();
    const isKnown = state.tokens.has(basic.slice(basic.indexOf(':') + 1));
    if (isKnown && options.reposDir !== undefined) runGitBackend(options.reposDir, request, response);
    else response.writeHead(401, { 'www-authenticate': 'Basic realm="Gitea"' }).end();
  };

  const certificate = {
    cert: readFileSync(join(tls, 'localhost.cert.pem')),
    key: readFileSync(join(tls, 'localhost.key.pem')),
  };
  const server = createServer(certificate, (request, response) => {
    serve(request, response).catch((error: unknown) => {
      problems.push(String(error));
      response.writeHead(500).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  onCleanup(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    if (problems.length > 0) throw new Error(`not as ${flavour} describes it:\n${problems.join('\n')}`);
  });

  return {
    baseUrl: baseUrl(),
    token,
    certificateFile: join(tls, 'localhost.cert.pem'),
    state,
    requests,
    problems,
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
    fail: (matching, failure, times = 1) => void failures.push({ matching, failure, left: times }),
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
function sendPage(response: ServerResponse, url: URL, reply: FakeReply): void {
  const rows = reply.body as unknown[];
  const size = Math.min(50, Number(url.searchParams.get('limit') ?? 30));
  const page = Number(url.searchParams.get('page') ?? 1);
  const next = new URL(url);
  next.searchParams.set('page', String(page + 1));
  const link: Record<string, string> = rows.length > page * size ? { link: `<${next.href}>; rel="next"` } : {};
  const body = rows.slice((page - 1) * size, page * size);
  send(response, { status: 200, body }, { 'x-total-count': String(rows.length), ...link });
}

function send(response: ServerResponse, reply: FakeReply, headers: Readonly<Record<string, string>> = {}): void {
  const type = reply.body === undefined ? {} : { 'content-type': 'application/json;charset=utf-8' };
  response.writeHead(reply.status, { ...type, ...headers });
  response.end(reply.body === undefined ? undefined : JSON.stringify(reply.body));
}
