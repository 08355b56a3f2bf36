import { z } from 'zod';
import {
  autoStopSettings,
  deploymentStatuses,
  environmentStates,
  environmentTiers,
} from '../../../environments/index.ts';

/*
 * The shapes of answers. Types of the functions that render them are inferred from here, the description of the API is
 * made from here. Fields are those of https://docs.gitlab.com/api/environments/ and https://docs.gitlab.com/api/deployments/
 */

const id = z.int();
const count = z.int();
const time = z.iso.datetime();
const optionalText = z.string().nullable();
const nothing = z.null();

export const userBasicSchema = z.object({
  id,
  username: z.string(),
  public_email: optionalText,
  name: z.string(),
  state: z.literal('active'),
  locked: z.boolean(),
  avatar_url: optionalText,
  web_url: z.string(),
});

export const userSchema = userBasicSchema.extend({
  created_at: time,
  bio: optionalText,
  location: optionalText,
  linkedin: z.string(),
  twitter: z.string(),
  discord: z.string(),
  skype: z.string(),
  website_url: z.string(),
  job_title: z.string(),
  pronouns: optionalText,
  organization: optionalText,
  bot: z.boolean(),
  work_information: nothing,
  followers: count,
  following: count,
  is_followed: z.boolean(),
  local_time: optionalText,
});

export const currentUserSchema = userSchema.extend({
  email: optionalText,
  is_admin: z.boolean(),
  two_factor_enabled: z.boolean(),
  can_create_group: z.boolean(),
  can_create_project: z.boolean(),
  external: z.boolean(),
  private_profile: z.boolean(),
  identities: z.array(z.never()),
  last_sign_in_at: nothing,
  confirmed_at: time,
  current_sign_in_at: nothing,
  projects_limit: count,
});

export const projectSchema = z.object({
  id,
  description: optionalText,
  name: z.string(),
  name_with_namespace: z.string(),
  path: z.string(),
  path_with_namespace: z.string(),
  created_at: time,
  default_branch: optionalText,
  tag_list: z.array(z.string()),
  topics: z.array(z.string()),
  ssh_url_to_repo: optionalText,
  http_url_to_repo: optionalText,
  web_url: z.string(),
  readme_url: optionalText,
  forks_count: count,
  avatar_url: optionalText,
  star_count: count,
  last_activity_at: time,
  namespace: z.object({
    id,
    name: z.string(),
    path: z.string(),
    kind: z.literal('group'),
    full_path: z.string(),
    parent_id: id.nullable(),
    avatar_url: optionalText,
    web_url: z.string(),
  }),
});

export const projectDetailsSchema = projectSchema.extend({
  visibility: z.enum(['private', 'public']),
  archived: z.boolean(),
  empty_repo: z.boolean(),
  creator_id: id.nullable(),
  issues_enabled: z.boolean(),
  merge_requests_enabled: z.boolean(),
  jobs_enabled: z.boolean(),
  environments_access_level: z.literal('enabled'),
  permissions: z.object({
    project_access: z.object({ access_level: count, notification_level: count }).nullable(),
    group_access: nothing,
  }),
  _links: z.object({ self: z.string() }),
});

export const commitSchema = z.object({
  id: z.string(),
  short_id: z.string(),
  created_at: z.string(),
  parent_ids: z.array(z.string()),
  title: z.string(),
  message: z.string(),
  author_name: z.string(),
  author_email: z.string(),
  authored_date: z.string(),
  committer_name: z.string(),
  committer_email: z.string(),
  committed_date: z.string(),
  trailers: z.record(z.string(), z.string()),
  extended_trailers: z.record(z.string(), z.array(z.string())),
  web_url: z.string(),
});

export const pipelineSchema = z.object({
  id,
  iid: id,
  project_id: id,
  sha: z.string(),
  ref: z.string(),
  status: z.enum(['pending', 'running', 'success', 'failed', 'canceled']),
  source: z.literal('api'),
  created_at: time,
  updated_at: time,
  web_url: z.string(),
});

export const jobSchema = z.object({
  id,
  status: z.enum(['pending', 'running', 'success', 'failed', 'canceled', 'skipped']),
  stage: z.string(),
  name: z.string(),
  ref: z.string(),
  tag: z.boolean(),
  coverage: z.number().nullable(),
  allow_failure: z.boolean(),
  created_at: time,
  started_at: time.nullable(),
  finished_at: time.nullable(),
  erased_at: time.nullable(),
  duration: z.number().nullable(),
  queued_duration: z.number().nullable(),
  user: userSchema.nullable(),
  commit: commitSchema.nullable(),
  pipeline: pipelineSchema,
  /** Only of a job that failed. */
  failure_reason: z.enum(['script_failure', 'runner_system_failure']).optional(),
  web_url: z.string(),
  project: z.object({ ci_job_token_scope_enabled: z.boolean() }),
  artifacts: z.array(z.never()),
  runner: nothing,
  runner_manager: nothing,
  artifacts_expire_at: nothing,
  archived: z.boolean(),
  tag_list: z.array(z.string()),
});

export const clusterAgentSchema = z.object({
  id,
  name: z.string(),
  config_project: z.object({
    id,
    description: optionalText,
    name: z.string(),
    name_with_namespace: z.string(),
    path: z.string(),
    path_with_namespace: z.string(),
    created_at: time,
  }),
  created_at: time,
  created_by_user_id: id,
  is_receptive: z.boolean(),
});

export const environmentBasicSchema = z.object({
  id,
  name: z.string(),
  slug: z.string(),
  external_url: optionalText,
  created_at: time,
  updated_at: time,
});

export const lastDeploymentSchema = z.object({
  id,
  iid: id,
  ref: z.string(),
  sha: z.string(),
  created_at: time,
  updated_at: time,
  user: userBasicSchema.nullable(),
  deployable: jobSchema.nullable(),
  status: z.enum(deploymentStatuses),
});

const environmentFields = environmentBasicSchema.extend({
  tier: z.enum(environmentTiers),
  state: z.enum(environmentStates),
  auto_stop_at: time.nullable(),
  description: optionalText,
  auto_stop_setting: z.enum(autoStopSettings),
  /** Only of one that has an agent, and only for those who may see agents. */
  cluster_agent: clusterAgentSchema.optional(),
  /** Only with a value or an agent, and only for those who may see agents; so is the next. */
  kubernetes_namespace: optionalText.optional(),
  flux_resource_path: optionalText.optional(),
  /** Polder's own: when a stopped environment will be deleted. */
  auto_delete_at: time.nullable(),
  /** Polder's own: the folder, which is the first part of a name with several. */
  environment_type: optionalText,
  /** Polder's own: why it is being stopped, and when that is given up; null unless it is stopping. */
  stopping_reason: optionalText,
  stopping_until: time.nullable(),
});

export const environmentSchema = environmentFields.extend({ project: projectSchema });

/** Two fields of earlier versions that the public page still shows and clients declare. */
const legacyLogFields = { enable_advanced_logs_querying: z.literal(false), logs_api_path: z.string() };

export const listedEnvironmentSchema = environmentSchema.extend(legacyLogFields).extend({
  /** Only when it was asked for. */
  last_deployment: lastDeploymentSchema.nullable().optional(),
});

export const singleEnvironmentSchema = environmentFields
  .extend(legacyLogFields)
  .extend({ last_deployment: lastDeploymentSchema.nullable() });

/** What a bulk deletion did; under `message` when it did nothing. */
export const bulkDeletionSchema = z.object({
  scheduled_entries: z.array(environmentBasicSchema),
  unprocessable_entries: z.array(environmentBasicSchema),
});

export const staleStopSchema = z.object({
  message: z.string(),
  /** Polder's own: how many are stopped, and how many are not because they are protected. */
  requested: count,
  skipped: count,
});

export const environmentEventSchema = z.object({
  id,
  kind: z.string(),
  reason: optionalText,
  /** Facts that depend on the kind. */
  data: z.record(z.string(), z.unknown()),
  actor: userBasicSchema.nullable(),
  created_at: time,
});

/** A token that asks about itself. */
export const ownTokenSchema = z.object({
  id,
  name: z.string(),
  revoked: z.literal(false),
  created_at: time,
  scopes: z.array(z.string()),
  user_id: id,
  last_used_at: time.nullable(),
  active: z.literal(true),
  /** A day, as GitLab has it. */
  expires_at: z.iso.date().nullable(),
});

export const versionSchema = z.object({
  version: z.string(),
  revision: z.string(),
  kas: z.object({
    enabled: z.literal(false),
    externalUrl: nothing,
    externalK8sProxyUrl: nothing,
    version: nothing,
  }),
  enterprise: z.boolean(),
});
