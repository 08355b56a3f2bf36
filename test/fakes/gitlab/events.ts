import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Render } from './render.ts';
import { type FakeNote, type FakeProject, type FakeRequest, type FakeState, userId } from './state.ts';

export type RequestChange = {
  readonly action: string;
  /** The head before a push. */
  readonly oldrev?: string;
  readonly changes?: object;
  /** Whoever did it; the author where nobody is named. */
  readonly by?: string;
};
type Context = { readonly state: FakeState; readonly render: Render };
type Payload = { readonly [key: string]: unknown; readonly object_attributes: object };

const samples = join(import.meta.dirname, '../../../src/vcs/gitlab/fixtures');
const read = (name: string) => JSON.parse(readFileSync(join(samples, name), 'utf8')) as Payload;
const requestSample = read('merge-request.json');
const noteSample = read('note-on-merge-request.json');

/** The documented payload, with the fake's own state in its place. */
export function requestEvent(
  context: Context,
  { project, request, change }: { project: FakeProject; request: FakeRequest; change: RequestChange },
): object {
  const { action, oldrev, changes = {}, by = request.author } = change;
  const attributes = { ...requestSample.object_attributes, ...attributesOf(context, project, request), action };
  return {
    ...requestSample,
    user: eventUser(context, by),
    project: eventProject(context, project),
    object_attributes: oldrev === undefined ? attributes : { ...attributes, oldrev },
    labels: request.labels.map((title) => ({ title })),
    changes,
    assignees: [],
    reviewers: [],
  };
}

export function noteEvent(
  context: Context,
  of: { project: FakeProject; request: FakeRequest; note: FakeNote; action: string },
): object {
  const { project, request, note, action } = of;
  return {
    ...noteSample,
    user: eventUser(context, note.author),
    project: eventProject(context, project),
    object_attributes: { ...noteSample.object_attributes, id: note.id, note: note.body, system: note.system, action },
    merge_request: attributesOf(context, project, request),
  };
}

function attributesOf(context: Context, project: FakeProject, request: FakeRequest): object {
  const source = request.sourceProject === null ? null : context.state.projects.get(request.sourceProject);
  return {
    ...{
      iid: request.iid,
      title: request.title,
      state: request.state,
      author_id: userId(context.state, request.author),
    },
    ...{ source_branch: request.sourceBranch, target_branch: request.targetBranch },
    ...{ draft: request.draft, work_in_progress: request.draft },
    labels: request.labels.map((title) => ({ title })),
    url: context.render.request(project, request).web_url,
    source: source ? eventProject(context, source) : null,
    target: eventProject(context, project),
    last_commit: { id: request.sha, message: 'A change\n' },
  };
}

function eventUser({ render }: Context, login: string): object {
  const { id, name, username } = render.user(login);
  return { id, name, username, avatar_url: null, email: '[REDACTED]' };
}

function eventProject({ render }: Context, project: FakeProject): object {
  const { id, name, web_url, http_url_to_repo, path_with_namespace, default_branch } = render.project(project);
  return { id, name, web_url, git_http_url: http_url_to_repo, path_with_namespace, default_branch };
}
