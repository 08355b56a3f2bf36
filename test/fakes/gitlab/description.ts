import { z } from 'zod';
import { type Description, matchPattern } from '../described-api.ts';
import { permissions, setUpRoutes } from './set-up-description.ts';

/*
 * What GitLab documents of the routes that the fake serves, each with its page: what may be sent, and every field that
 * is answered. GitLab's own OpenAPI document is as large as all of this repository.
 */

const id = z.number().int().positive();
const time = z.iso.datetime();
const text = z.string();
const flag = z.boolean();
const sha = z.string().regex(/^[0-9a-f]{40}$/);
const user = z.strictObject({
  id,
  username: text,
  name: text,
  state: z.enum(['active', 'blocked', 'awaiting']),
  locked: flag,
  avatar_url: z.url().nullable(),
  web_url: z.url(),
});
const nobody = user.nullable();
const pipeline = z.strictObject({
  id,
  iid: id,
  project_id: id,
  sha,
  ref: text,
  status: text,
  source: text,
  created_at: time,
  updated_at: time,
  web_url: z.url(),
});

const project = z.strictObject({
  id,
  description: text.nullable(),
  name: text,
  name_with_namespace: text,
  path: text,
  path_with_namespace: text,
  created_at: time,
  default_branch: text,
  ssh_url_to_repo: text,
  http_url_to_repo: z.url(),
  web_url: z.url(),
  visibility: z.enum(['private', 'internal', 'public']),
  archived: flag,
  merge_method: z.enum(['merge', 'rebase_merge', 'ff']),
  squash_option: z.enum(['never', 'always', 'default_on', 'default_off']),
  only_allow_merge_if_pipeline_succeeds: flag,
  only_allow_merge_if_all_discussions_are_resolved: flag,
  allow_merge_on_skipped_pipeline: flag.nullable(),
  permissions,
});

const detailedStatuses =
  'approvals_syncing checking ci_must_pass ci_still_running commits_status conflict discussions_not_resolved ' +
  'draft_status jira_association_missing mergeable merge_request_blocked merge_time need_rebase not_approved not_open ' +
  'preparing requested_changes security_policy_violations status_checks_must_pass unchecked locked_paths ' +
  'locked_lfs_files title_regex';

const mergeRequest = z.strictObject({
  ...{ id, iid: id, project_id: id, title: text, description: text.nullable() },
  state: z.enum(['opened', 'closed', 'locked', 'merged']),
  ...{ created_at: time, updated_at: time, merged_at: time.nullable(), closed_at: time.nullable() },
  ...{ merged_by: nobody, merge_user: nobody, closed_by: nobody, author: user, assignee: nobody },
  ...{ assignees: z.array(user), reviewers: z.array(user) },
  ...{ target_branch: text, source_branch: text, source_project_id: id.nullable(), target_project_id: id },
  ...{ user_notes_count: z.number(), upvotes: z.number(), downvotes: z.number(), labels: z.array(text) },
  ...{ draft: flag, work_in_progress: flag, milestone: z.null(), merge_when_pipeline_succeeds: flag },
  merge_status: z.enum(['unchecked', 'checking', 'can_be_merged', 'cannot_be_merged', 'cannot_be_merged_recheck']),
  detailed_merge_status: z.enum(detailedStatuses.split(' ')),
  ...{ sha, merge_commit_sha: sha.nullable(), squash_commit_sha: sha.nullable(), merge_error: text.nullable() },
  ...{ should_remove_source_branch: flag.nullable(), force_remove_source_branch: flag.nullable(), squash: flag },
  references: z.strictObject({ short: text, relative: text, full: text }),
  ...{ web_url: z.url(), has_conflicts: flag, blocking_discussions_resolved: flag, discussion_locked: flag.nullable() },
  ...{
    changes_count: z
      .string()
      .regex(/^\d+\+?$/)
      .nullable(),
    head_pipeline: pipeline.nullable(),
  },
  approvals_before_merge: z.number().nullable(),
  user: z.strictObject({ can_merge: flag }),
});

const note = z.strictObject({
  ...{ id, type: text.nullable(), body: text, author: user, created_at: time, updated_at: time, system: flag },
  ...{ noteable_id: id, noteable_type: z.literal('MergeRequest'), noteable_iid: id, project_id: id },
  ...{ resolvable: flag, internal: flag, confidential: flag },
});

const commitStatus = z.strictObject({
  ...{ id, sha, ref: text, name: text, description: text.nullable(), target_url: z.url().nullable(), author: user },
  status: z.enum(['pending', 'running', 'success', 'failed', 'canceled', 'skipped', 'manual', 'created']),
  ...{ created_at: time, started_at: time.nullable(), finished_at: time.nullable() },
  ...{ allow_failure: flag, coverage: z.number().nullable(), pipeline_id: id },
});

const paging = { page: z.coerce.number().int().positive(), per_page: z.coerce.number().int().min(1).max(100) };
const none = z.strictObject({});

type Described = {
  readonly page: string;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  readonly replies: Readonly<Record<number, z.ZodType>>;
};

const request = 'projects/:id/merge_requests/:merge_request_iid';
const pages = 'https://docs.gitlab.com/api';

const routes: Readonly<Record<string, Described>> = {
  ...setUpRoutes,
  'GET projects/:id': { page: `${pages}/projects/#retrieve-a-project`, replies: { 200: project } },
  [`GET ${request}`]: { page: `${pages}/merge_requests/#retrieve-a-merge-request`, replies: { 200: mergeRequest } },
  [`GET ${request}/diffs`]: {
    page: `${pages}/merge_requests/#list-merge-request-diffs`,
    query: z.strictObject(paging),
    replies: {
      200: z.array(
        z.strictObject({
          ...{ old_path: text, new_path: text, a_mode: text, b_mode: text, diff: text },
          ...{ new_file: flag, renamed_file: flag, deleted_file: flag, generated_file: flag.nullable() },
        }),
      ),
    },
  },
  [`PUT ${request}/merge`]: {
    page: `${pages}/merge_requests/#merge-a-merge-request`,
    body: z.strictObject({
      ...{ sha: sha.optional(), merge_commit_message: text.optional(), squash_commit_message: text.optional() },
      ...{ squash: flag.optional(), should_remove_source_branch: flag.optional(), auto_merge: flag.optional() },
    }),
    replies: { 200: mergeRequest },
  },
  [`GET ${request}/approvals`]: {
    page: `${pages}/merge_request_approvals/`,
    replies: {
      200: z.strictObject({
        ...{ id, iid: id, project_id: id, title: text, description: text.nullable(), state: text },
        ...{ created_at: time, updated_at: time, merge_status: text, approved: flag },
        ...{ user_has_approved: flag, user_can_approve: flag },
        ...{ approvals_required: z.number().optional(), approvals_left: z.number().optional() },
        approved_by: z.array(z.strictObject({ user, approved_at: time })),
      }),
    },
  },
  [`PUT ${request}/reset_approvals`]: {
    page: `${pages}/merge_request_approvals/#reset-approvals-of-a-merge-request`,
    replies: { 202: z.undefined() },
  },
  [`GET ${request}/notes`]: {
    page: `${pages}/notes/#list-all-merge-request-notes`,
    query: z.strictObject({ ...paging, sort: z.enum(['asc', 'desc']), order_by: z.enum(['created_at', 'updated_at']) }),
    replies: { 200: z.array(note) },
  },
  [`GET ${request}/notes/:note_id`]: { page: `${pages}/notes/#retrieve-a-merge-request-note`, replies: { 200: note } },
  [`POST ${request}/notes`]: {
    page: `${pages}/notes/#create-a-merge-request-note`,
    body: z.strictObject({ body: text }),
    replies: { 201: note },
  },
  [`PUT ${request}/notes/:note_id`]: {
    page: `${pages}/notes/#update-a-merge-request-note`,
    body: z.strictObject({ body: text }),
    replies: { 200: note },
  },
  [`POST ${request}/notes/:note_id/award_emoji`]: {
    page: `${pages}/emoji_reactions/#add-a-new-emoji-reaction-to-a-comment`,
    body: z.strictObject({ name: z.string().regex(/^\w+$/) }),
    replies: {
      201: z.strictObject({
        ...{ id, name: text, user, created_at: time, updated_at: time },
        ...{ awardable_id: id, awardable_type: z.literal('Note') },
      }),
    },
  },
  'GET projects/:id/repository/files/:file_path': {
    page: `${pages}/repository_files/#retrieve-a-file-from-a-repository`,
    query: z.strictObject({ ref: text }),
    replies: {
      200: z.strictObject({
        ...{ file_name: text, file_path: text, size: z.number(), encoding: z.literal('base64'), content: z.base64() },
        ...{ content_sha256: text, ref: text, blob_id: sha, commit_id: sha, last_commit_id: sha },
        execute_filemode: flag,
      }),
    },
  },
  'GET projects/:id/repository/commits/:sha': {
    page: `${pages}/commits/#retrieve-a-commit`,
    replies: {
      200: z.strictObject({
        ...{ id: sha, short_id: text, title: text, message: text, parent_ids: z.array(sha), created_at: time },
        ...{ author_name: text, author_email: text, authored_date: time, committer_name: text, committer_email: text },
        ...{ committed_date: time, status: text.nullable(), last_pipeline: pipeline.nullable(), web_url: z.url() },
      }),
    },
  },
  'GET projects/:id/repository/commits/:sha/statuses': {
    page: `${pages}/commits/#list-commit-statuses`,
    query: z.strictObject(paging),
    replies: { 200: z.array(commitStatus) },
  },
  'POST projects/:id/statuses/:sha': {
    page: `${pages}/commits/#set-commit-pipeline-status`,
    body: z.strictObject({
      state: z.enum(['pending', 'running', 'success', 'failed', 'canceled', 'skipped']),
      ...{ name: text.max(255), description: text.max(255).optional(), target_url: z.url().max(255).optional() },
      ...{ ref: text.optional(), pipeline_id: id.optional() },
    }),
    replies: { 201: commitStatus },
  },
  'DELETE projects/:id/repository/branches/:branch': {
    page: `${pages}/branches/#delete-repository-branch`,
    replies: { 204: z.undefined() },
  },
  'GET users': {
    page: `${pages}/users/#list-all-users`,
    query: z.strictObject({ ...paging, username: text }),
    replies: { 200: z.array(user) },
  },
  'GET groups/:id/members/:user_id': {
    page: `${pages}/group_members/#retrieve-a-group-member`,
    replies: {
      200: z.strictObject({ ...user.shape, access_level: z.number(), created_at: time, expires_at: text.nullable() }),
    },
  },
};

const patterns = Object.keys(routes).map((route) => ({
  route,
  pattern: new RegExp(`^${route.replace(/:(\w+)/g, '(?<$1>[^/]+)')}$`),
}));

/** What GitLab's documentation says of the routes that the fake serves. */
export const description: Description = {
  match: (method, path) => matchPattern(patterns, `${method} ${path}`),
  checkRequest: (route, sent) => {
    const { query = none, body = none, page } = described(route);
    return [
      ...problems(query, Object.fromEntries(sent.query), `${route} query (${page})`),
      ...problems(body, sent.body ?? {}, `${route} body (${page})`),
    ];
  },
  checkReply: (route, reply) => {
    if (reply.status >= 400) return [];
    const { replies, page } = described(route);
    const schema = replies[reply.status];
    return schema
      ? problems(schema, reply.body, `${route} ${reply.status} (${page})`)
      : [`${route}: no status ${reply.status} is described at ${page}`];
  },
};

function described(route: string): Described {
  const found = routes[route];
  if (!found) throw new Error(`not described: ${route}`);
  return found;
}

function problems(schema: z.ZodType, value: unknown, what: string): string[] {
  return (schema.safeParse(value).error?.issues ?? []).map(
    ({ path, message }) => `${what}: ${path.join('.')} ${message}`,
  );
}
