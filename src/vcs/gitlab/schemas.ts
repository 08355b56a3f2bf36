import { z } from 'zod';

/* Only what is read of GitLab's objects; all else is passed over. */

const id = z.number().int().positive();
const username = z.object({ username: z.string().min(1) });
const fullName = z.string().regex(/^[^/\s]+(\/[^/\s]+)+$/);
/** SHA-1 or SHA-256. */
const sha = z.string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/);

/** https://docs.gitlab.com/api/projects/#retrieve-a-project */
export const projectSchema = z.object({
  id,
  path_with_namespace: fullName,
  http_url_to_repo: z.string().min(1),
  web_url: z.string().min(1),
  only_allow_merge_if_all_discussions_are_resolved: z.boolean().nullish(),
  only_allow_merge_if_pipeline_succeeds: z.boolean().nullish(),
  allow_merge_on_skipped_pipeline: z.boolean().nullish(),
});
export type GitlabProject = z.infer<typeof projectSchema>;

/** https://docs.gitlab.com/api/merge_requests/#retrieve-a-merge-request */
export const mergeRequestSchema = z.object({
  iid: id,
  web_url: z.string().min(1),
  title: z.string(),
  // Null once the account has been deleted and nobody took over what it wrote.
  author: username.nullable(),
  source_branch: z.string().min(1),
  target_branch: z.string().min(1),
  // Null once the fork has been deleted.
  source_project_id: id.nullable(),
  target_project_id: id,
  sha,
  // `locked` while it is being merged.
  state: z.enum(['opened', 'closed', 'locked', 'merged']),
  draft: z.boolean().nullish(),
  work_in_progress: z.boolean().nullish(),
  labels: z.array(z.string()),
  // A number as text, with `+` where there are more; null until it is counted.
  changes_count: z.string().nullish(),
  detailed_merge_status: z.string(),
  merge_error: z.string().nullish(),
  blocking_discussions_resolved: z.boolean().nullish(),
  approvals_before_merge: z.number().nullish(),
  head_pipeline: z.object({ sha, status: z.string() }).nullish(),
});
export type GitlabMergeRequest = z.infer<typeof mergeRequestSchema>;

/** https://docs.gitlab.com/api/merge_requests/#list-merge-request-diffs */
export const diffSchema = z.object({ old_path: z.string(), new_path: z.string() });

/** https://docs.gitlab.com/api/repository_files/#retrieve-a-file-from-a-repository */
export const fileSchema = z.object({ encoding: z.literal('base64'), content: z.string() });

/** https://docs.gitlab.com/api/merge_request_approvals/; what is required is not told by every edition. */
export const approvalsSchema = z.object({
  approvals_left: z.number().nullish(),
  approved_by: z.array(z.object({ user: username })).nullish(),
});

/** https://docs.gitlab.com/api/notes/#merge-requests */
export const noteSchema = z.object({
  id,
  body: z.string(),
  author: username.nullable(),
  // Written by GitLab about what somebody did.
  system: z.boolean().nullish(),
});

/** https://docs.gitlab.com/api/commits/#retrieve-a-commit */
export const commitSchema = z.object({ last_pipeline: z.object({ id }).nullish() });

/** https://docs.gitlab.com/api/commits/#list-commit-statuses */
export const statusSchema = z.object({
  id,
  name: z.string(),
  status: z.string(),
  ref: z.string().nullish(),
  allow_failure: z.boolean().nullish(),
});
export type GitlabStatus = z.infer<typeof statusSchema>;

export const userSchema = username.extend({ id });
export const memberSchema = z.object({ state: z.string() });

const eventProject = z.object({ path_with_namespace: fullName, web_url: z.string() });
const eventUser = username.extend({ id: id.nullish() });

/** https://docs.gitlab.com/user/project/integrations/webhook_events/#merge-request-events */
export const requestEventSchema = z.object({
  user: eventUser,
  project: eventProject,
  object_attributes: z.object({
    iid: id,
    url: z.string().min(1),
    title: z.string(),
    author_id: z.number().nullish(),
    source_branch: z.string().min(1),
    target_branch: z.string().min(1),
    source: z.object({ path_with_namespace: fullName }).nullish(),
    last_commit: z.object({ id: sha }),
    state: z.string(),
    draft: z.boolean().nullish(),
    work_in_progress: z.boolean().nullish(),
    labels: z.array(z.object({ title: z.string() })).nullish(),
  }),
  labels: z.array(z.object({ title: z.string() })).nullish(),
  assignees: z.array(eventUser).nullish(),
  reviewers: z.array(eventUser).nullish(),
});
export type RequestEvent = z.infer<typeof requestEventSchema>;

/** What tells whether an event of a merge request matters to us. */
export const requestActionSchema = z.object({
  project: z.object({ path_with_namespace: z.string() }).optional().catch(undefined),
  object_attributes: z.object({ action: z.string().nullish(), oldrev: z.string().nullish() }),
  changes: z
    .object({
      title: z.object({ previous: z.string().nullish(), current: z.string().nullish() }).nullish(),
      draft: z.object({ previous: z.boolean().nullish(), current: z.boolean().nullish() }).nullish(),
    })
    .nullish(),
});

/** Of a merge request that has been closed: its fork may be gone, and with it most else. */
export const closedEventSchema = z.object({
  user: eventUser,
  project: eventProject,
  object_attributes: z.object({ iid: id }),
});

/** https://docs.gitlab.com/user/project/integrations/webhook_events/#comment-events */
export const noteKindSchema = z.object({
  object_attributes: z.object({
    noteable_type: z.string(),
    // Since GitLab 16.11.
    action: z.string().nullish(),
    system: z.boolean().nullish(),
    created_at: z.string().nullish(),
    updated_at: z.string().nullish(),
  }),
});
export const noteEventSchema = z.object({
  user: eventUser,
  project: eventProject,
  object_attributes: z.object({ id, note: z.string() }),
  merge_request: z.object({ iid: id }),
});

/** https://docs.gitlab.com/api/metadata/ */
export const metadataSchema = z.object({ version: z.string() });

/** https://docs.gitlab.com/api/personal_access_tokens/ */
export const tokenSchema = z.object({ scopes: z.array(z.string()).nullish(), expires_at: z.string().nullish() });

const access = z.object({ access_level: z.number() }).nullish();

/** https://docs.gitlab.com/api/projects/#retrieve-a-project, as members are told. */
export const accessSchema = z.object({
  id,
  path_with_namespace: fullName,
  permissions: z.object({ project_access: access, group_access: access }).nullish(),
});

/** https://docs.gitlab.com/api/project_webhooks/ */
export const hookSchema = z.object({
  url: z.string(),
  merge_requests_events: z.boolean(),
  note_events: z.boolean().nullish(),
  enable_ssl_verification: z.boolean().nullish(),
  alert_status: z.string().nullish(),
});
