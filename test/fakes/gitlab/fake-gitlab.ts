import { createHash, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { onCleanup } from '../../support/cleanup.ts';
import { runGitBackend } from '../../support/git-http-server.ts';
import { checkReply, checkRequest, matchRoute } from './description.ts';
import { noteEvent, type RequestChange, requestEvent } from './events.ts';
import { readRequest } from './git-requests.ts';
import { type FakeReply, handlers, refusal } from './handlers.ts';
import { createRender } from './render.ts';
import { send, sendReply } from './send.ts';
import {
  type FakeNote,
  type FakePipeline,
  type FakeProject,
  type FakeRequest,
  type FakeState,
  userId,
} from './state.ts';

/** Instead of an answer: one of ours, or none at all. */
export type Failure =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: unknown }
  /** The connection ends; with `done` only after the request was carried out. */
  | { readonly drop: 'before' | 'done' }
  | { readonly hang: true };

export type FakeGitlab = {
  /** With the port, and the path where there is one: what `--gitlab-hostname` is given. */
  readonly hostname: string;
  readonly token: string;
  /** The certificate, which is its own authority: for `SSL_CERT_FILE` and `GIT_SSL_CAINFO`. */
  readonly certificateFile: string;
  readonly state: FakeState;
  /** `METHOD route` of every request that was understood, in order. */
  readonly requests: string[];
  /** Requests and replies that GitLab does not document. A test that leaves some fails. */
  readonly problems: string[];
  /** A project; with `reposDir` the bare repository `<reposDir>/<full name>.git` is behind it. */
  addProject(fullName: string): FakeProject;
  /** Opens a merge request; its head and diffs come from git where the project has them. */
  openRequest(fullName: string, given?: Partial<FakeRequest>): FakeRequest;
  /** Reads the head and the diffs of a merge request anew, after a push to its branch. */
  pushed(project: FakeProject, request: FakeRequest): void;
  addNote(request: FakeRequest, body: string, author?: string): FakeNote;
  addPipeline(project: FakeProject, given: Pick<FakePipeline, 'sha' | 'ref' | 'status'>): FakePipeline;
  /** Lets the next `times` requests that match (`METHOD path`, the path as it was sent) fail. */
  fail(matching: RegExp, failure: Failure, times?: number): void;
  /** A delivery of a merge request's event, with the secret. */
  requestEvent(project: FakeProject, request: FakeRequest, change: RequestChange): Delivery;
  noteEvent(project: FakeProject, of: { request: FakeRequest; note: FakeNote; action?: string }): Delivery;
};

export type Delivery = { readonly headers: Readonly<Record<string, string>>; readonly body: string };

type Options = {
  readonly reposDir?: string;
  readonly login?: string;
  readonly webhookSecret?: string;
  /** Of an installation below another site, such as `/gitlab`. */
  readonly path?: string;
};

const tls = join(import.meta.dirname, '../../fixtures/tls');

/** A GitLab on this machine, over HTTPS: API and git. */
export async function fakeGitlab(options: Options = {}): Promise<FakeGitlab> {
  const token = 'glpat-secret-of-the-fake';
  const { login = 'polder-bot', path: sitePath = '' } = options;
  const tokens = new Set([token]);
  const state: FakeState = {
    projects: new Map(),
    groups: [],
    users: new Map(),
    login,
    isBot: true,
    version: '17.9.1-ee',
    token: { scopes: ['api'], expiresAt: null },
    tokens,
    nextId: 1000,
  };
  const requests: string[] = [];
  const problems: string[] = [];
  const failures: { matching: RegExp; failure: Failure; left: number }[] = [];
  const hostname = () => `localhost:${(server.address() as AddressInfo).port}${sitePath}`;
  const render = createRender(state, () => `https://${hostname()}`);

  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? '/', `https://${hostname()}`);
    if (!url.pathname.startsWith(`${sitePath}/api/v4/`)) return serveGit(request, response);
    const text = await textOf(request);
    const path = url.pathname.slice(`${sitePath}/api/v4/`.length);
    const failing = failures.find(({ matching, left }) => left > 0 && matching.test(`${request.method} ${path}`));
    if (failing) failing.left -= 1;
    const failure = failing?.failure;
    if (failure && 'hang' in failure) return;
    if (failure && 'drop' in failure && failure.drop === 'before') return void request.socket.destroy();
    if (failure && 'status' in failure) return send(response, failure, failure.headers);
    const reply = answer(request, path, { url, body: text === '' ? undefined : JSON.parse(text) });
    if (failure) return void request.socket.destroy();
    sendReply(request, response, { url, reply });
  };

  const answer = (request: IncomingMessage, path: string, { url, body }: { url: URL; body: unknown }): FakeReply => {
    const credential = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    if (!tokens.has(credential)) return refusal(401, '401 Unauthorized');
    const found = matchRoute(request.method ?? '', path);
    const handler = found && handlers[found.route];
    if (!found || !handler) {
      problems.push(`not served: ${request.method} ${path}`);
      return refusal(404, '404 Not Found');
    }
    const { route, parameters } = found;
    requests.push(route);
    problems.push(...checkRequest(route, { query: url.searchParams, body }));
    const given = { parameters, query: url.searchParams, body: (body ?? {}) as Record<string, unknown> };
    const reply = handler({ state, render }, given);
    problems.push(...checkReply(route, reply));
    return reply;
  };

  const serveGit = (request: IncomingMessage, response: ServerResponse) => {
    const basic = Buffer.from((request.headers.authorization ?? '').replace('Basic ', ''), 'base64').toString();
    const isKnown = tokens.has(basic.slice(basic.indexOf(':') + 1));
    request.url = (request.url ?? '').slice(sitePath.length);
    if (isKnown && options.reposDir !== undefined) runGitBackend(options.reposDir, request, response);
    else response.writeHead(401, { 'www-authenticate': 'Basic realm="GitLab"' }).end();
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
    if (problems.length > 0) throw new Error(`not as GitLab documents it:\n${problems.join('\n')}`);
  });

  const addProject = (fullName: string): FakeProject => {
    const project = newProject(state.nextId++, fullName, options.reposDir);
    state.projects.set(fullName, project);
    return project;
  };
  // The branch of a fork is looked for here too, where a real GitLab would fetch it to.
  const readGit = ({ gitDir }: FakeProject, request: FakeRequest) => {
    if (gitDir !== null) Object.assign(request, readRequest(gitDir, request));
  };
  const delivery = (event: string, payload: object): Delivery => {
    const { webhookSecret: secret } = options;
    const headers = {
      'content-type': 'application/json',
      'x-gitlab-event': event,
      'x-gitlab-event-uuid': randomUUID(),
      'idempotency-key': randomUUID(),
      ...(secret === undefined ? {} : { 'x-gitlab-token': secret }),
    };
    return { headers, body: JSON.stringify(payload) };
  };

  return {
    hostname: hostname(),
    token,
    certificateFile: join(tls, 'localhost.cert.pem'),
    state,
    requests,
    problems,
    addProject,
    openRequest: (fullName, given = {}) => {
      const project = state.projects.get(fullName);
      if (!project) throw new Error(`no project ${fullName}`);
      const request = { ...newRequest(project), ...given };
      if (request.sourceProject !== null && !state.projects.has(request.sourceProject))
        addProject(request.sourceProject);
      userId(state, request.author);
      readGit(project, request);
      project.requests.set(request.iid, request);
      return request;
    },
    pushed: readGit,
    addNote: (request, body, author = 'ada') => {
      const note = { id: state.nextId++, author, body, system: false, reactions: [] };
      request.notes.push(note);
      return note;
    },
    addPipeline: (project, given) => {
      const pipeline = { id: state.nextId++, ...given };
      project.pipelines.push(pipeline);
      return pipeline;
    },
    fail: (matching, failure, times = 1) => void failures.push({ matching, failure, left: times }),
    requestEvent: (project, request, change) =>
      delivery('Merge Request Hook', requestEvent({ state, render }, { project, request, change })),
    noteEvent: (project, { request, note, action = 'create' }) =>
      delivery('Note Hook', noteEvent({ state, render }, { project, request, note, action })),
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function newProject(id: number, fullName: string, reposDir: string | undefined): FakeProject {
  return {
    id,
    fullName,
    gitDir: reposDir === undefined ? null : join(reposDir, `${fullName}.git`),
    requests: new Map(),
    pipelines: [],
    statuses: [],
    files: new Map(),
    settings: { mustResolveDiscussions: false, mustPassPipeline: false, allowSkippedPipeline: false },
    deletedBranches: [],
    access: { own: 40, ofGroup: null },
    hooks: [],
  };
}

function newRequest({ fullName, requests }: FakeProject): FakeRequest {
  return {
    iid: requests.size + 1,
    author: 'ada',
    title: 'A change',
    sourceBranch: 'change',
    sha: createHash('sha1').update(`${fullName} ${requests.size}`).digest('hex'),
    sourceProject: fullName,
    targetBranch: 'main',
    state: 'opened',
    draft: false,
    labels: [],
    detailedMergeStatus: 'mergeable',
    diffs: [],
    changesCount: undefined,
    notes: [],
    approvedBy: [],
    approvalsRequired: 1,
    discussionsResolved: true,
    approvalsBeforeMerge: null,
  };
}
