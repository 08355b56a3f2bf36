import { createHash, randomUUID } from 'node:crypto';
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
import { description } from './description.ts';
import { noteEvent, type RequestChange, requestEvent } from './events.ts';
import { readRequest } from './git-requests.ts';
import { handlers } from './handlers.ts';
import { createRender } from './render.ts';
import {
  type FakeNote,
  type FakePipeline,
  type FakeProject,
  type FakeRequest,
  type FakeState,
  userId,
} from './state.ts';

export type FakeGitlab = Omit<HostServer, 'address'> & {
  /** With the port, and the path where there is one: what `--gitlab-hostname` is given. */
  readonly hostname: string;
  readonly token: string;
  readonly state: FakeState;
  /** A project; with `reposDir` the bare repository `<reposDir>/<full name>.git` is behind it. */
  addProject(fullName: string): FakeProject;
  /** Opens a merge request; its head and diffs come from git where the project has them. */
  openRequest(fullName: string, given?: Partial<FakeRequest>): FakeRequest;
  /** Reads the head and the diffs of a merge request anew, after a push to its branch. */
  pushed(project: FakeProject, request: FakeRequest): void;
  addNote(request: FakeRequest, body: string, author?: string): FakeNote;
  addPipeline(project: FakeProject, given: Pick<FakePipeline, 'sha' | 'ref' | 'status'>): FakePipeline;
  /** A delivery of a merge request's event, with the secret. */
  requestEvent(project: FakeProject, request: FakeRequest, change: RequestChange): Delivery;
  noteEvent(project: FakeProject, of: { request: FakeRequest; note: FakeNote; action?: string }): Delivery;
};

type Options = {
  readonly reposDir?: string;
  readonly webhookSecret?: string;
  /** Of an installation below another site, such as `/gitlab`. */
  readonly path?: string;
};

/** A GitLab on this machine, over HTTPS: API and git. */
export async function fakeGitlab(options: Options = {}): Promise<FakeGitlab> {
  const token = 'glpat-secret-of-the-fake';
  const { path: sitePath = '' } = options;
  const tokens = new Set([token]);
  const state: FakeState = {
    projects: new Map(),
    groups: [],
    users: new Map(),
    login: 'polder-bot',
    isBot: true,
    version: '17.9.1-ee',
    token: { scopes: ['api'], expiresAt: null },
    tokens,
    nextId: 1000,
  };
  const hostname = () => `${server.address}${sitePath}`;
  const render = createRender(state, () => `https://${hostname()}`);

  const server = await startHostServer({
    name: 'GitLab',
    below: sitePath,
    api: /^\/api\/v4\//,
    reposDir: options.reposDir,
    tokens,
    answer: (request) => {
      const credential = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
      if (!tokens.has(credential)) return refusal(401, '401 Unauthorized');
      const answered = answerAsDescribed({ description, handlers, context: { state, render }, server }, request);
      return answered ? tagged(request, paged(request, answered.reply)) : refusal(404, '404 Not Found');
    },
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
    ...server,
    hostname: hostname(),
    token,
    state,
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
    requestEvent: (project, request, change) =>
      delivery('Merge Request Hook', requestEvent({ state, render }, { project, request, change })),
    noteEvent: (project, { request, note, action = 'create' }) =>
      delivery('Note Hook', noteEvent({ state, render }, { project, request, note, action })),
  };
}

/** https://docs.gitlab.com/api/rest/#offset-based-pagination */
function paged({ url }: ApiRequest, reply: FakeReply): FakeReply {
  if (!Array.isArray(reply.body) || reply.status !== 200) return reply;
  const { rows, number, size, isLast, link } = pageOf(url, reply.body, { parameter: 'per_page', usual: 20, most: 100 });
  const headers = {
    'x-page': String(number),
    'x-per-page': String(size),
    'x-prev-page': number > 1 ? String(number - 1) : '',
    'x-next-page': isLast ? '' : String(number + 1),
    'x-total': String(reply.body.length),
    'x-total-pages': String(Math.max(1, Math.ceil(reply.body.length / size))),
    ...link,
  };
  return { status: 200, headers, body: rows };
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
    mergedWith: null,
    changesCount: undefined,
    notes: [],
    approvedBy: [],
    approvalsRequired: 1,
    discussionsResolved: true,
    approvalsBeforeMerge: null,
  };
}
