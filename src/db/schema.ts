import type { Generated } from 'kysely';

/*
 * Column conventions, the same in both engines: ids are integers that are never reused; times are integers,
 * milliseconds since the epoch; booleans are 0 or 1; structures are JSON in text; contents are blobs.
 * Each domain folder owns its tables: only its store.ts reads and writes them.
 */

/** Owned by repos/. */
export type GroupsTable = { id: Generated<number>; host: string; path: string; created_at: number };
export type ReposTable = {
  id: Generated<number>;
  host: string;
  host_type: string;
  full_name: string;
  group_id: number;
  visibility: Generated<'private' | 'public'>;
  /** The last internal number given to a deployment of this repo. */
  last_deployment_iid: Generated<number>;
  created_at: number;
};

/** Owned by access/. `host` is empty unless kind is `host`. */
export type UsersTable = {
  id: Generated<number>;
  kind: 'token' | 'host' | 'system';
  host: string;
  login: string;
  name: string;
  created_at: number;
};
export type TokensTable = {
  id: Generated<number>;
  name: string;
  user_id: number;
  role: string;
  scope: string;
  repo_id: number | null;
  secret_hash: string;
  job_id: number | null;
  created_at: number;
  expires_at: number | null;
  revoked_at: number | null;
  last_used_at: number | null;
};
export type AuditEventsTable = {
  id: Generated<number>;
  actor_id: number;
  action: string;
  repo_id: number | null;
  subject: string;
  details: string;
  created_at: number;
};

/** Owned by queue/. A task that is done is deleted. `fence` grows with every claim; a worker whose fence is old has lost the task. */
export type TasksTable = {
  id: Generated<number>;
  kind: string;
  /** Tasks of one group run one after another, in order of id; null for tasks that need no order. */
  group_key: string | null;
  /** At most one task has this key. */
  dedupe_key: string | null;
  payload: string;
  run_at: number;
  attempts: Generated<number>;
  lease_owner: string | null;
  lease_until: number | null;
  fence: Generated<number>;
  last_error: string | null;
  created_at: number;
};
/** One row for each start of a server process. `machine` names the kernel boot, so that a pid means something. */
export type InstancesTable = {
  id: string;
  machine: string;
  pid: number;
  pid_started: string;
  data_dir: string;
  started_at: number;
  seen_at: number;
  stopped_at: number | null;
};

/** Owned by runs/. */
export type RunsTable = {
  id: Generated<number>;
  kind: string;
  state: string;
  repo_id: number;
  ref: string;
  /** What the ref turned out to be. */
  ref_kind: Generated<'branch' | 'tag' | 'commit'>;
  commit_sha: string;
  base_branch: string;
  pull_number: number | null;
  /** The pull request as it was when the run was accepted, JSON. */
  pull: string | null;
  /** In which order the jobs follow each other, JSON; null: those of a group side by side, group after group. */
  job_order: string | null;
  command: string;
  trigger: string;
  actor_id: number;
  idempotency_key: string | null;
  idempotency_digest: string | null;
  created_at: number;
  started_at: number | null;
  ended_at: number | null;
  cancel_requested_at: number | null;
  cancel_actor_id: number | null;
};
export type JobsTable = {
  id: Generated<number>;
  uuid: string;
  run_id: number;
  position: number;
  dir: string;
  workspace: string;
  project_name: string;
  /** The project as understood from the repository configuration, JSON. */
  project: string;
  /** The saved plan that the job applies. */
  plan_id: number | null;
  state: string;
  attempt: Generated<number>;
  outcome: string | null;
  /** What the command answers with: the plan's or apply's text, capped. */
  output: string | null;
  created_at: number;
  started_at: number | null;
  /** The point of no return of an apply. */
  applying_at: number | null;
  ended_at: number | null;
};
export type RunEventsTable = {
  id: Generated<number>;
  run_id: number;
  job_id: number | null;
  kind: string;
  data: string;
  created_at: number;
};
/** Owned by job-logs/. */
export type JobLogsTable = {
  job_id: number;
  next_seq: number;
  lines: number;
  bytes: number;
  cut_lines: number;
  cut_bytes: number;
  closed_at: number | null;
};
export type LogChunksTable = {
  job_id: number;
  seq: number;
  first_line: number;
  first_byte: number;
  line_count: number;
  byte_count: number;
  content: string;
};

/** Owned by locks/. A released lock keeps its row. */
export type LocksTable = {
  id: Generated<number>;
  repo_id: number;
  dir: string;
  workspace: string;
  project_name: string;
  holder: 'run' | 'pull' | 'manual';
  run_id: number | null;
  pull_number: number | null;
  pull_url: string | null;
  actor_id: number;
  note: string | null;
  created_at: number;
  released_at: number | null;
  released_by: number | null;
  release_reason: string | null;
};
export type ApplyLocksTable = {
  id: Generated<number>;
  actor_id: number;
  created_at: number;
  released_at: number | null;
  released_by: number | null;
};

/** Owned by plans/. */
export type PlansTable = {
  id: Generated<number>;
  job_id: number;
  repo_id: number;
  dir: string;
  workspace: string;
  project_name: string;
  pull_number: number | null;
  commit_sha: string;
  config_digest: string;
  engine: string;
  engine_version: string;
  digest: string;
  size: number;
  /** The dependency lock file beside which it was made. */
  lock_file: string | null;
  show_json: string | null;
  created_at: number;
  dropped_at: number | null;
  drop_reason: string | null;
};
export type PlanFilesTable = { plan_id: number; content: Uint8Array };

/** Owned by states/. */
export type StateVersionsTable = {
  id: Generated<number>;
  repo_id: number;
  dir: string;
  workspace: string;
  lineage: string;
  serial: number;
  digest: string;
  content: Uint8Array;
  job_id: number | null;
  /** Why this version does not continue the one before: it is kept, and not used; null for a good one. */
  conflict: string | null;
  created_at: number;
};

/** Owned by environments/. The owning project is (dir, workspace, project_name); all null when made over the API. */
export type EnvironmentsTable = {
  id: Generated<number>;
  repo_id: number;
  name: string;
  /** The name in lower case, and what follows its first `/` in lower case: what a search looks at. */
  name_key: string;
  rest_key: string | null;
  /** What comes before the first `/` of the name; null without one. */
  folder: string | null;
  slug: string;
  tier: string;
  state: string;
  dir: string | null;
  workspace: string | null;
  project_name: string | null;
  external_url: string | null;
  description: string | null;
  cluster_agent_id: number | null;
  kubernetes_namespace: string | null;
  flux_resource_path: string | null;
  auto_stop_at: number | null;
  /** How long after a deployment it is stopped, in milliseconds; null when `auto_stop_at` was set by itself. */
  auto_stop_in: number | null;
  auto_stop_setting: string;
  auto_delete_at: number | null;
  /** When the timer stops it, and why; only of an available one. */
  stop_due_at: number | null;
  stop_cause: string | null;
  /** Stops in a row that went wrong. */
  stop_failures: Generated<number>;
  /** Counts the stops: an action that ends belongs to the stop that runs, or to none any more. */
  stop_round: Generated<number>;
  /** Why it is being stopped, and when that has taken too long; only of a stopping one. */
  stopping_reason: string | null;
  stopping_until: number | null;
  last_deployment_id: number | null;
  created_at: number;
  updated_at: number;
};
export type DeploymentsTable = {
  id: Generated<number>;
  iid: number;
  repo_id: number;
  environment_id: number;
  status: string;
  ref: string;
  tag: number;
  sha: string;
  user_id: number | null;
  run_id: number | null;
  job_id: number | null;
  created_at: number;
  updated_at: number;
  finished_at: number | null;
};
/** What commits of deployments say about themselves, JSON. They never change, and outlive the mirror here. */
export type DeployedCommitsTable = {
  repo_id: number;
  sha: string;
  info: string;
};
/** One for each person and deployment. `rule_id` is the approval rule that the person stood for. */
export type DeploymentApprovalsTable = {
  id: Generated<number>;
  deployment_id: number;
  user_id: number;
  rule_id: number | null;
  status: string;
  comment: string | null;
  created_at: number;
};
/** A protected name of a repo, or a protected tier of a group: one of the two ids is set. */
export type ProtectedEnvironmentsTable = {
  id: Generated<number>;
  repo_id: number | null;
  group_id: number | null;
  name: string;
  created_at: number;
};
/** Who may deploy, or approve: one of user, group and level is set. `required_approvals` is 0 for those who deploy. */
export type ProtectionRulesTable = {
  id: Generated<number>;
  protected_environment_id: number;
  kind: 'deploy' | 'approval';
  user_id: number | null;
  group_id: number | null;
  access_level: number | null;
  group_inheritance_type: number;
  required_approvals: number;
};
/** Both ends are cron expressions of five fields. */
export type FreezePeriodsTable = {
  id: Generated<number>;
  repo_id: number;
  freeze_start: string;
  freeze_end: string;
  cron_timezone: string;
  created_at: number;
  updated_at: number;
};
/** What runs while an environment is stopping. `outcome` is `succeeded` or `failed`, null while it runs. */
export type StopActionsTable = {
  id: Generated<number>;
  environment_id: number;
  round: number;
  name: string;
  started_at: number;
  ended_at: number | null;
  outcome: string | null;
};
export type ClusterAgentsTable = {
  id: Generated<number>;
  /** The repo that configures it. */
  repo_id: number;
  name: string;
  created_by: number;
  created_at: number;
};
/** Keeps two bulk deletions of one repo apart. */
export type EnvironmentCleanupsTable = { repo_id: number; locked_until: number };
export type EnvironmentEventsTable = {
  id: Generated<number>;
  environment_id: number;
  actor_id: number;
  kind: string;
  reason: string | null;
  data: string;
  created_at: number;
};

/**
 * Owned by pulls/. A genuine delivery of a host's webhook; `delivery_id` is the host's, so that one that is sent again is
 * told from a new one.
 */
export type DeliveriesTable = {
  id: Generated<number>;
  host: string;
  delivery_id: string;
  /** Of what the host has signed; null where it says too little, or came before under another id. */
  body_digest: string | null;
  kind: string;
  repo_full_name: string;
  pull_number: number;
  received_at: number;
};
/** A pull request as last seen. `planned_*`: what its record of projects is about; null before the first plan. */
export type PullsTable = {
  id: Generated<number>;
  repo_id: number;
  number: number;
  url: string;
  title: string;
  author: string;
  head_branch: string;
  head_sha: string;
  base_branch: string;
  state: 'open' | 'closed';
  planned_head: string | null;
  planned_base: string | null;
  created_at: number;
  updated_at: number;
};
/** What was asked of a pull request, in order of id. `work` is JSON. */
export type PullCommandsTable = {
  id: Generated<number>;
  pull_id: number;
  kind: string;
  work: string;
  actor_id: number;
  state: string;
  run_id: number | null;
  /** The head that it was accepted for. */
  head_sha: string | null;
  base_branch: string | null;
  /** What was found out when its run was accepted and belongs into the answer, JSON. */
  facts: Generated<string>;
  /** Why it ended without a run. */
  note: string | null;
  created_at: number;
  started_at: number | null;
  ended_at: number | null;
};
/** Where each project of a pull request stands. */
export type PullProjectsTable = {
  id: Generated<number>;
  pull_id: number;
  dir: string;
  workspace: string;
  project_name: string;
  /** Its place in the list of the run that brought it in. */
  position: number;
  status: string;
  job_id: number | null;
  updated_at: number;
};
/** The commit statuses as they were last set. */
export type PullStatusesTable = {
  id: Generated<number>;
  pull_id: number;
  head_sha: string;
  context: string;
  state: string;
  description: string;
  target_url: string | null;
  /** Null while the host may have it or not. */
  written_at: number | null;
};
/**
 * Our own comments. The row comes first: one without `comment_id` may be on the host or not. `key` names the comment
 * within its pull request, so that it is written once.
 */
export type PullCommentsTable = {
  id: Generated<number>;
  pull_id: number;
  command_id: number | null;
  key: string;
  heading: string;
  /** Of the text that the host may have: what is worked out anew may be another. */
  body_digest: string;
  comment_id: string | null;
  created_at: number;
  hidden_at: number | null;
};

/** Owned by vcs/local/. The last number given to a pull request of a repo. */
export type LocalPullNumbersTable = { full_name: string; last_number: number };
export type LocalPullsTable = {
  id: Generated<number>;
  full_name: string;
  number: number;
  title: string;
  author: string;
  head_branch: string;
  base_branch: string;
  /** Where the branches were when they were last looked at. */
  head_sha: string;
  base_sha: string;
  state: string;
  draft: number;
  /** A list of texts, JSON. */
  labels: string;
  created_at: number;
  closed_at: number | null;
  closed_by: string | null;
  /** What the base branch became by the merge, as far as we made it. */
  merge_sha: string | null;
};
export type LocalPullCommentsTable = {
  id: Generated<number>;
  pull_id: number;
  author: string;
  body: string;
  hidden: Generated<number>;
  /** Names of emoji, a list of texts, JSON. */
  reactions: Generated<string>;
  created_at: number;
  updated_at: number;
};
/** An approval of one commit. */
export type LocalPullReviewsTable = {
  id: Generated<number>;
  pull_id: number;
  login: string;
  commit_sha: string;
  created_at: number;
  dismissed_at: number | null;
  dismiss_reason: string | null;
};
export type LocalPullStatusesTable = {
  full_name: string;
  sha: string;
  context: string;
  state: string;
  description: string;
  target_url: string | null;
  updated_at: number;
};

export type Schema = {
  groups: GroupsTable;
  repos: ReposTable;
  users: UsersTable;
  tokens: TokensTable;
  audit_events: AuditEventsTable;
  tasks: TasksTable;
  instances: InstancesTable;
  runs: RunsTable;
  jobs: JobsTable;
  run_events: RunEventsTable;
  job_logs: JobLogsTable;
  log_chunks: LogChunksTable;
  locks: LocksTable;
  apply_locks: ApplyLocksTable;
  plans: PlansTable;
  plan_files: PlanFilesTable;
  state_versions: StateVersionsTable;
  environments: EnvironmentsTable;
  deployments: DeploymentsTable;
  deployed_commits: DeployedCommitsTable;
  deployment_approvals: DeploymentApprovalsTable;
  protected_environments: ProtectedEnvironmentsTable;
  protection_rules: ProtectionRulesTable;
  freeze_periods: FreezePeriodsTable;
  stop_actions: StopActionsTable;
  cluster_agents: ClusterAgentsTable;
  environment_cleanups: EnvironmentCleanupsTable;
  environment_events: EnvironmentEventsTable;
  local_pull_numbers: LocalPullNumbersTable;
  local_pulls: LocalPullsTable;
  local_pull_comments: LocalPullCommentsTable;
  local_pull_reviews: LocalPullReviewsTable;
  local_pull_statuses: LocalPullStatusesTable;
  deliveries: DeliveriesTable;
  pulls: PullsTable;
  pull_commands: PullCommandsTable;
  pull_projects: PullProjectsTable;
  pull_statuses: PullStatusesTable;
  pull_comments: PullCommentsTable;
};
