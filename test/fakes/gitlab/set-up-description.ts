import { z } from 'zod';

/* What GitLab documents of the routes that tell how it is set up. */

const id = z.number().int().positive();
const time = z.iso.datetime();
const text = z.string();
const flag = z.boolean();
const pages = 'https://docs.gitlab.com/api';
const paging = { page: z.coerce.number().int().positive(), per_page: z.coerce.number().int().min(1).max(100) };

export const setUpRoutes = {
  'GET metadata': {
    page: `${pages}/metadata/`,
    replies: {
      200: z.strictObject({
        ...{ version: text, revision: text, enterprise: flag },
        kas: z.strictObject({ enabled: flag, externalUrl: text.nullable(), version: text.nullable() }),
      }),
    },
  },
  'GET user': {
    page: `${pages}/users/#retrieve-the-current-user`,
    replies: {
      200: z.strictObject({
        ...{ id, username: text, name: text, state: text, locked: flag, avatar_url: z.url().nullable() },
        ...{ web_url: z.url(), created_at: time, bio: text, bot: flag, email: text },
      }),
    },
  },
  'GET personal_access_tokens/self': {
    page: `${pages}/personal_access_tokens/`,
    replies: {
      200: z.strictObject({
        ...{ id, name: text, revoked: flag, created_at: time, description: text, scopes: z.array(text), user_id: id },
        ...{ last_used_at: time.nullable(), active: flag, expires_at: z.iso.date().nullable() },
      }),
    },
  },
  'GET projects/:id/hooks': {
    page: `${pages}/project_webhooks/#list-webhooks-for-a-project`,
    query: z.strictObject(paging),
    replies: {
      200: z.array(
        z.strictObject({
          ...{ id, url: z.url(), name: text, description: text, project_id: id, created_at: time, push_events: flag },
          ...{ push_events_branch_filter: text, branch_filter_strategy: text, issues_events: flag, job_events: flag },
          ...{
            confidential_issues_events: flag,
            merge_requests_events: flag,
            tag_push_events: flag,
            note_events: flag,
          },
          ...{ confidential_note_events: flag, pipeline_events: flag, wiki_page_events: flag, deployment_events: flag },
          ...{ releases_events: flag, enable_ssl_verification: flag, repository_update_events: flag },
          alert_status: z.enum(['executable', 'temporarily_disabled', 'disabled']),
          ...{ disabled_until: time.nullable(), url_variables: z.array(z.unknown()) },
        }),
      ),
    },
  },
};

const member = z.strictObject({ access_level: z.number(), notification_level: z.number() }).nullable();

/** What members are told of a project besides. */
export const permissions = z.strictObject({ project_access: member, group_access: member });
