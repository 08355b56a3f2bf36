import type { RouteRequest } from '../described-api.ts';
import { deleteInGit, fileInGit } from '../git-repository.ts';
import { type FakeReply, refusal } from '../host-server.ts';
import { mergeRequest } from './git-requests.ts';
import type { Render } from './render.ts';
import { type FakeProject, type FakeRequest, type FakeState, userId } from './state.ts';
import { setStatus } from './statuses.ts';

type Asked = RouteRequest<unknown>;
type Context = { readonly state: FakeState; readonly render: Render };
type Handler = (context: Context, asked: Asked) => FakeReply;

function ok(body: unknown): FakeReply {
  return { status: 200, body };
}

type ProjectHandler = (context: Context, project: FakeProject, asked: Asked) => FakeReply;

/** By id, or by the full name in any case. */
function withProject(handle: ProjectHandler): Handler {
  return (context, asked) => {
    const id = (asked.parameters.id ?? '').toLowerCase();
    const known = [...context.state.projects.values()];
    const project = known.find((one) => String(one.id) === id || one.fullName.toLowerCase() === id);
    return project ? handle(context, project, asked) : refusal(404, '404 Project Not Found');
  };
}

type Of = { readonly project: FakeProject; readonly request: FakeRequest };
type RequestHandler = (context: Context, of: Of, asked: Asked) => FakeReply;

function withRequest(handle: RequestHandler): Handler {
  return withProject((context, project, asked) => {
    const request = project.requests.get(Number(asked.parameters.merge_request_iid));
    return request ? handle(context, { project, request }, asked) : refusal(404, '404 Not found');
  });
}

type NoteHandler = (
  context: Context,
  of: Of & { readonly note: FakeRequest['notes'][number] },
  asked: Asked,
) => FakeReply;

function withNote(handle: NoteHandler): Handler {
  return withRequest((context, of, asked) => {
    const note = of.request.notes.find(({ id }) => id === Number(asked.parameters.note_id));
    return note ? handle(context, { ...of, note }, asked) : refusal(404, '404 Note Not Found');
  });
}

const longestNote = 1_000_000;
const request = 'projects/:id/merge_requests/:merge_request_iid';

/** The handlers by route; what is a list is cut into pages by the server. */
export const handlers: Readonly<Record<string, Handler>> = {
  'GET metadata': ({ state }) =>
    ok({
      ...{ version: state.version, revision: '0a1b2c3', enterprise: true },
      kas: { enabled: false, externalUrl: null, version: null },
    }),
  'GET user': ({ state, render }) => ok(render.currentUser(state.login)),
  'GET personal_access_tokens/self': ({ state, render }) =>
    state.token === null ? refusal(404, '404 Not Found') : ok(render.token(state.token)),
  'GET projects/:id/hooks': withProject(({ render }, project) =>
    project.hooks === null
      ? refusal(403, '403 Forbidden')
      : ok(project.hooks.map((hook, position) => render.hook(project, hook, position))),
  ),
  'GET projects/:id': withProject(({ render }, project) => ok(render.project(project))),
  [`GET ${request}`]: withRequest(({ render }, of) => ok(render.request(of.project, of.request))),
  [`GET ${request}/diffs`]: withRequest(({ render }, of) => ok(of.request.diffs.map(render.diff))),
  [`PUT ${request}/merge`]: withRequest(({ render }, { project, request: given }, { body }) => {
    const reply = reasonNotToMerge(project, given, body);
    if (reply) return reply;
    if (project.gitDir !== null) mergeRequest(project.gitDir, given);
    given.state = 'merged';
    given.mergedWith = { merge: body.merge_commit_message, squash: body.squash_commit_message };
    return ok(render.request(project, given));
  }),
  [`GET ${request}/approvals`]: withRequest(({ render }, of) => ok(render.approvals(of.project, of.request))),
  [`PUT ${request}/reset_approvals`]: withRequest(({ state }, { request: given }) => {
    if (!state.isBot) return refusal(401, '401 Unauthorized');
    given.approvedBy = [];
    return { status: 202 };
  }),
  [`GET ${request}/notes`]: withRequest(({ render }, { project, request: given }, { query }) => {
    const notes = query.get('sort') === 'asc' ? given.notes : given.notes.toReversed();
    return ok(notes.map((note) => render.note(project, given, note)));
  }),
  [`POST ${request}/notes`]: withRequest(({ state, render }, { project, request: given }, { body }) => {
    const text = String(body.body);
    if (text.length > longestNote) {
      return { status: 400, body: { message: { note: [`is too long (maximum is ${longestNote} characters)`] } } };
    }
    const note = { id: state.nextId++, author: state.login, body: text, system: false, reactions: [] };
    given.notes.push(note);
    return { status: 201, body: render.note(project, given, note) };
  }),
  [`GET ${request}/notes/:note_id`]: withNote(({ render }, { project, request: given, note }) =>
    ok(render.note(project, given, note)),
  ),
  [`PUT ${request}/notes/:note_id`]: withNote(({ render }, { project, request: given, note }, { body }) => {
    if (String(body.body).length > longestNote) return refusal(400, 'note is too long');
    note.body = String(body.body);
    return ok(render.note(project, given, note));
  }),
  [`POST ${request}/notes/:note_id/award_emoji`]: withNote(({ state, render }, { note }, { body }) => {
    const name = String(body.name);
    if (note.reactions.includes(name)) return refusal(404, '404 Award Emoji Name has already been taken Not Found');
    note.reactions.push(name);
    return { status: 201, body: render.award(state.nextId++, note.id, name) };
  }),
  'GET projects/:id/repository/files/:file_path': withProject(({ render }, project, { parameters, query }) => {
    const path = parameters.file_path ?? '';
    const ref = query.get('ref') ?? 'HEAD';
    const text = project.files.get(path) ?? fileInGit(project.gitDir, ref, path);
    return text === undefined ? refusal(404, '404 File Not Found') : ok(render.file(path, ref, text));
  }),
  'GET projects/:id/repository/commits/:sha': withProject(({ render }, project, { parameters: { sha = '' } }) =>
    hasCommit(project, sha) ? ok(render.commit(project, sha)) : refusal(404, '404 Commit Not Found'),
  ),
  'GET projects/:id/repository/commits/:sha/statuses': withProject(({ render }, project, { parameters }) =>
    ok(project.statuses.filter(({ sha }) => sha === parameters.sha).map(render.status)),
  ),
  'POST projects/:id/statuses/:sha': withProject(({ state, render }, project, asked) => {
    const sha = asked.parameters.sha ?? '';
    if (!hasCommit(project, sha)) return refusal(404, '404 Commit Not Found');
    const status = setStatus(project, { sha, body: asked.body, newId: () => state.nextId++ });
    return 'refused' in status ? refusal(status.refused, status.message) : { status: 201, body: render.status(status) };
  }),
  'DELETE projects/:id/repository/branches/:branch': withProject((_, project, { parameters: { branch = '' } }) => {
    const isGone = project.deletedBranches.includes(branch);
    if (isGone || (project.gitDir !== null && !deleteInGit(project.gitDir, branch))) {
      return refusal(404, '404 Branch Not Found');
    }
    project.deletedBranches.push(branch);
    return { status: 204 };
  }),
  'GET users': ({ state, render }, { query }) => {
    const known = [...state.users.keys(), ...state.groups.flatMap(({ members }) => members)];
    const login = known.find((name) => name.toLowerCase() === query.get('username')?.toLowerCase());
    return ok(login === undefined ? [] : [render.user(login)]);
  },
  'GET groups/:id/members/:user_id': ({ state, render }, { parameters }) => {
    const group = state.groups.find(({ path }) => path.toLowerCase() === parameters.id?.toLowerCase());
    if (!group) return refusal(404, '404 Group Not Found');
    const login = group.members.find((name) => String(userId(state, name)) === parameters.user_id);
    return login === undefined ? refusal(404, '404 Not found') : ok(render.member(login));
  },
};

function reasonNotToMerge(project: FakeProject, given: FakeRequest, body: Asked['body']): FakeReply | undefined {
  if (given.state !== 'opened' || given.draft) return refusal(405, '405 Method Not Allowed');
  const hasPassed = project.pipelines.findLast(({ sha }) => sha === given.sha)?.status === 'success';
  if (project.settings.mustPassPipeline && !hasPassed) return refusal(405, '405 Method Not Allowed');
  if (body.sha !== undefined && body.sha !== given.sha) {
    return refusal(409, `SHA does not match HEAD of source branch: ${given.sha}`);
  }
  if (given.detailedMergeStatus === 'mergeable') return undefined;
  return refusal(422, 'Branch cannot be merged');
}

function hasCommit({ requests, pipelines }: FakeProject, sha: string): boolean {
  return [...requests.values(), ...pipelines].some((one) => one.sha === sha);
}
