import { type ColumnDefinitionBuilder, type Kysely, sql } from 'kysely';
import type { Engine } from '../engine.ts';

/** The first schema. What each column holds is said in `schema.ts`. */
export async function up(db: Kysely<unknown>, engine: Engine): Promise<void> {
  const table = (name: string) => db.schema.createTable(name);
  const withId = (name: string) => table(name).addColumn('id', engine.idType, engine.id);
  const required = (column: ColumnDefinitionBuilder) => column.notNull();
  const integer = engine.integerType;
  const index = (name: string, on: string, columns: string[]) => db.schema.createIndex(name).on(on).columns(columns);

  await withId('groups')
    .addColumn('host', 'text', required)
    .addColumn('path', 'text', required)
    .addColumn('created_at', integer, required)
    .addUniqueConstraint('groups_host_path', ['host', 'path'])
    .execute();
  await withId('repos')
    .addColumn('host', 'text', required)
    .addColumn('host_type', 'text', required)
    .addColumn('full_name', 'text', required)
    .addColumn('group_id', integer, (c) => c.notNull().references('groups.id'))
    .addColumn('visibility', 'text', (c) => c.notNull().defaultTo('private'))
    .addColumn('last_deployment_iid', integer, (c) => c.notNull().defaultTo(0))
    .addColumn('created_at', integer, required)
    .addUniqueConstraint('repos_host_full_name', ['host', 'full_name'])
    .execute();
  await index('repos_full_name', 'repos', ['full_name']).execute();

  await withId('users')
    .addColumn('kind', 'text', required)
    .addColumn('host', 'text', required)
    .addColumn('login', 'text', required)
    .addColumn('name', 'text', required)
    .addColumn('created_at', integer, required)
    .addUniqueConstraint('users_identity', ['kind', 'host', 'login'])
    .execute();
  await withId('tokens')
    .addColumn('name', 'text', required)
    .addColumn('user_id', integer, (c) => c.notNull().references('users.id'))
    .addColumn('role', 'text', required)
    .addColumn('scope', 'text', required)
    .addColumn('repo_id', integer, (c) => c.references('repos.id'))
    .addColumn('secret_hash', 'text', (c) => c.notNull().unique())
    .addColumn('job_id', integer)
    .addColumn('created_at', integer, required)
    .addColumn('expires_at', integer)
    .addColumn('revoked_at', integer)
    .addColumn('last_used_at', integer)
    .execute();
  await index('tokens_user', 'tokens', ['user_id']).execute();
  await index('tokens_job', 'tokens', ['job_id']).execute();
  await withId('audit_events')
    .addColumn('actor_id', integer, (c) => c.notNull().references('users.id'))
    .addColumn('action', 'text', required)
    .addColumn('repo_id', integer)
    .addColumn('subject', 'text', required)
    .addColumn('details', 'text', required)
    .addColumn('created_at', integer, required)
    .execute();

  await withId('tasks')
    .addColumn('kind', 'text', required)
    .addColumn('group_key', 'text')
    .addColumn('dedupe_key', 'text', (c) => c.unique())
    .addColumn('payload', 'text', required)
    .addColumn('run_at', integer, required)
    .addColumn('attempts', integer, (c) => c.notNull().defaultTo(0))
    .addColumn('lease_owner', 'text')
    .addColumn('lease_until', integer)
    .addColumn('fence', integer, (c) => c.notNull().defaultTo(0))
    .addColumn('last_error', 'text')
    .addColumn('created_at', integer, required)
    .execute();
  await index('tasks_due', 'tasks', ['run_at', 'id']).execute();
  await index('tasks_group', 'tasks', ['group_key', 'id']).execute();
  await table('instances')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('machine', 'text', required)
    .addColumn('pid', integer, required)
    .addColumn('pid_started', 'text', required)
    .addColumn('data_dir', 'text', required)
    .addColumn('started_at', integer, required)
    .addColumn('seen_at', integer, required)
    .addColumn('stopped_at', integer)
    .execute();

  await withId('runs')
    .addColumn('kind', 'text', required)
    .addColumn('state', 'text', required)
    .addColumn('repo_id', integer, (c) => c.notNull().references('repos.id'))
    .addColumn('ref', 'text', required)
    .addColumn('ref_kind', 'text', (c) => c.notNull().defaultTo('branch'))
    .addColumn('commit_sha', 'text', required)
    .addColumn('base_branch', 'text', required)
    .addColumn('pull_number', integer)
    .addColumn('pull', 'text')
    .addColumn('job_order', 'text')
    .addColumn('command', 'text', required)
    .addColumn('trigger', 'text', required)
    .addColumn('actor_id', integer, (c) => c.notNull().references('users.id'))
    .addColumn('idempotency_key', 'text')
    .addColumn('idempotency_digest', 'text')
    .addColumn('created_at', integer, required)
    .addColumn('started_at', integer)
    .addColumn('ended_at', integer)
    .addColumn('cancel_requested_at', integer)
    .addColumn('cancel_actor_id', integer)
    .addUniqueConstraint('runs_idempotency', ['actor_id', 'idempotency_key'])
    .execute();
  await index('runs_repo', 'runs', ['repo_id', 'id']).execute();
  await index('runs_pull', 'runs', ['repo_id', 'pull_number', 'id'])
    .where(sql.ref('pull_number'), 'is not', sql.lit(null))
    .execute();
  await index('runs_open', 'runs', ['id']).where(sql.ref('ended_at'), 'is', sql.lit(null)).execute();
  await withId('jobs')
    .addColumn('uuid', 'text', (c) => c.notNull().unique())
    .addColumn('run_id', integer, (c) => c.notNull().references('runs.id'))
    .addColumn('position', integer, required)
    .addColumn('dir', 'text', required)
    .addColumn('workspace', 'text', required)
    .addColumn('project_name', 'text', required)
    .addColumn('project', 'text', required)
    .addColumn('plan_id', integer)
    .addColumn('state', 'text', required)
    .addColumn('attempt', integer, (c) => c.notNull().defaultTo(0))
    .addColumn('outcome', 'text')
    .addColumn('output', 'text')
    .addColumn('created_at', integer, required)
    .addColumn('started_at', integer)
    .addColumn('applying_at', integer)
    .addColumn('ended_at', integer)
    .addUniqueConstraint('jobs_run_position', ['run_id', 'position'])
    .execute();
  await withId('run_events')
    .addColumn('run_id', integer, (c) => c.notNull().references('runs.id'))
    .addColumn('job_id', integer)
    .addColumn('kind', 'text', required)
    .addColumn('data', 'text', required)
    .addColumn('created_at', integer, required)
    .execute();
  await index('run_events_run', 'run_events', ['run_id', 'id']).execute();
  await table('job_logs')
    .addColumn('job_id', integer, (c) => c.primaryKey().references('jobs.id'))
    .addColumn('next_seq', integer, required)
    .addColumn('lines', integer, required)
    .addColumn('bytes', integer, required)
    .addColumn('cut_lines', integer, required)
    .addColumn('cut_bytes', integer, required)
    .addColumn('closed_at', integer)
    .execute();
  await table('log_chunks')
    .addColumn('job_id', integer, (c) => c.notNull().references('jobs.id'))
    .addColumn('seq', integer, required)
    .addColumn('first_line', integer, required)
    .addColumn('first_byte', integer, required)
    .addColumn('line_count', integer, required)
    .addColumn('byte_count', integer, required)
    .addColumn('content', 'text', required)
    .addPrimaryKeyConstraint('log_chunks_pk', ['job_id', 'seq'])
    .execute();

  await withId('locks')
    .addColumn('repo_id', integer, (c) => c.notNull().references('repos.id'))
    .addColumn('dir', 'text', required)
    .addColumn('workspace', 'text', required)
    .addColumn('project_name', 'text', required)
    .addColumn('holder', 'text', required)
    .addColumn('run_id', integer)
    .addColumn('pull_number', integer)
    .addColumn('pull_url', 'text')
    .addColumn('actor_id', integer, (c) => c.notNull().references('users.id'))
    .addColumn('note', 'text')
    .addColumn('created_at', integer, required)
    .addColumn('released_at', integer)
    .addColumn('released_by', integer)
    .addColumn('release_reason', 'text')
    .execute();
  const lockKey = ['repo_id', 'dir', 'workspace', 'project_name'];
  await index('locks_held', 'locks', lockKey).unique().where(sql.ref('released_at'), 'is', sql.lit(null)).execute();
  await index('locks_key', 'locks', [...lockKey, 'id']).execute();
  await index('locks_open', 'locks', ['id']).where(sql.ref('released_at'), 'is', sql.lit(null)).execute();
  await index('locks_run', 'locks', ['run_id']).where(sql.ref('released_at'), 'is', sql.lit(null)).execute();
  await withId('apply_locks')
    .addColumn('actor_id', integer, (c) => c.notNull().references('users.id'))
    .addColumn('created_at', integer, required)
    .addColumn('released_at', integer)
    .addColumn('released_by', integer)
    .execute();
  // At most one is held: all held ones would have the same value in this index.
  await sql`create unique index apply_locks_held on apply_locks ((coalesce(released_at, -1))) where released_at is null`.execute(
    db,
  );

  await withId('plans')
    .addColumn('job_id', integer, (c) => c.notNull().references('jobs.id'))
    .addColumn('repo_id', integer, (c) => c.notNull().references('repos.id'))
    .addColumn('dir', 'text', required)
    .addColumn('workspace', 'text', required)
    .addColumn('project_name', 'text', required)
    .addColumn('pull_number', integer)
    .addColumn('commit_sha', 'text', required)
    .addColumn('config_digest', 'text', required)
    .addColumn('engine', 'text', required)
    .addColumn('engine_version', 'text', required)
    .addColumn('digest', 'text', required)
    .addColumn('size', integer, required)
    .addColumn('lock_file', 'text')
    .addColumn('show_json', 'text')
    .addColumn('created_at', integer, required)
    .addColumn('dropped_at', integer)
    .addColumn('drop_reason', 'text')
    .execute();
  await index('plans_job', 'plans', ['job_id']).execute();
  await index('plans_pull', 'plans', ['repo_id', 'pull_number', 'id'])
    .where(sql.ref('dropped_at'), 'is', sql.lit(null))
    .execute();
  await sql`create index plans_said on plans (created_at) where show_json is not null or lock_file is not null`.execute(
    db,
  );
  await table('plan_files')
    .addColumn('plan_id', integer, (c) => c.primaryKey().references('plans.id'))
    .addColumn('content', engine.blobType, required)
    .execute();

  await withId('state_versions')
    .addColumn('repo_id', integer, (c) => c.notNull().references('repos.id'))
    .addColumn('dir', 'text', required)
    .addColumn('workspace', 'text', required)
    .addColumn('lineage', 'text', required)
    .addColumn('serial', integer, required)
    .addColumn('digest', 'text', required)
    .addColumn('content', engine.blobType, required)
    .addColumn('job_id', integer)
    .addColumn('conflict', 'text')
    .addColumn('created_at', integer, required)
    .execute();
  await index('state_versions_project', 'state_versions', ['repo_id', 'dir', 'workspace', 'id']).execute();

  await withId('environments')
    .addColumn('repo_id', integer, (c) => c.notNull().references('repos.id'))
    .addColumn('name', 'text', required)
    .addColumn('name_key', engine.keyType, required)
    .addColumn('rest_key', engine.keyType)
    .addColumn('folder', 'text')
    .addColumn('slug', 'text', required)
    .addColumn('tier', 'text', required)
    .addColumn('state', 'text', required)
    .addColumn('dir', 'text')
    .addColumn('workspace', 'text')
    .addColumn('project_name', 'text')
    .addColumn('external_url', 'text')
    .addColumn('description', 'text')
    .addColumn('cluster_agent_id', integer)
    .addColumn('kubernetes_namespace', 'text')
    .addColumn('flux_resource_path', 'text')
    .addColumn('auto_stop_at', integer)
    .addColumn('auto_stop_in', integer)
    .addColumn('auto_stop_setting', 'text', required)
    .addColumn('auto_delete_at', integer)
    .addColumn('stop_due_at', integer)
    .addColumn('stop_cause', 'text')
    .addColumn('stop_failures', integer, (c) => c.notNull().defaultTo(0))
    .addColumn('stop_round', integer, (c) => c.notNull().defaultTo(0))
    .addColumn('stopping_reason', 'text')
    .addColumn('stopping_until', integer)
    .addColumn('last_deployment_id', integer)
    .addColumn('created_at', integer, required)
    .addColumn('updated_at', integer, required)
    .addUniqueConstraint('environments_name', ['repo_id', 'name'])
    .addUniqueConstraint('environments_slug', ['repo_id', 'slug'])
    .execute();
  await index('environments_project', 'environments', lockKey)
    .unique()
    .where(sql.ref('dir'), 'is not', sql.lit(null))
    .execute();
  // With the key at the end, what contains a text is found without reading the rows.
  await index('environments_list', 'environments', ['repo_id', 'id', 'name_key']).execute();
  await index('environments_state', 'environments', ['repo_id', 'state', 'id']).execute();
  await index('environments_name_key', 'environments', ['repo_id', 'name_key', 'state', 'id']).execute();
  await index('environments_rest_key', 'environments', ['repo_id', 'rest_key', 'state', 'id']).execute();
  for (const timer of ['stop_due_at', 'auto_delete_at', 'stopping_until']) {
    const due = index(`environments_${timer}`, 'environments', [timer, 'id']);
    await due.where(sql.ref(timer), 'is not', sql.lit(null)).execute();
  }
  await index('environments_folder', 'environments', ['repo_id', 'folder', 'created_at'])
    .where(sql.ref('state'), '=', sql.lit('stopped'))
    .where(sql.ref('auto_delete_at'), 'is', sql.lit(null))
    .execute();
  await index('environments_agent', 'environments', ['cluster_agent_id'])
    .where(sql.ref('cluster_agent_id'), 'is not', sql.lit(null))
    .execute();
  await withId('stop_actions')
    .addColumn('environment_id', integer, required)
    .addColumn('round', integer, required)
    .addColumn('name', 'text', required)
    .addColumn('started_at', integer, required)
    .addColumn('ended_at', integer)
    .addColumn('outcome', 'text')
    .execute();
  await index('stop_actions_environment', 'stop_actions', ['environment_id', 'round']).execute();
  await withId('cluster_agents')
    .addColumn('repo_id', integer, (c) => c.notNull().references('repos.id'))
    .addColumn('name', 'text', required)
    .addColumn('created_by', integer, (c) => c.notNull().references('users.id'))
    .addColumn('created_at', integer, required)
    .addUniqueConstraint('cluster_agents_name', ['repo_id', 'name'])
    .execute();
  await table('environment_cleanups')
    .addColumn('repo_id', integer, (c) => c.primaryKey().references('repos.id'))
    .addColumn('locked_until', integer, required)
    .execute();
  await withId('deployments')
    .addColumn('iid', integer, required)
    .addColumn('repo_id', integer, (c) => c.notNull().references('repos.id'))
    .addColumn('environment_id', integer, required)
    .addColumn('status', 'text', required)
    .addColumn('ref', 'text', required)
    .addColumn('tag', integer, required)
    .addColumn('sha', 'text', required)
    .addColumn('user_id', integer)
    .addColumn('run_id', integer)
    .addColumn('job_id', integer)
    .addColumn('created_at', integer, required)
    .addColumn('updated_at', integer, required)
    .addColumn('finished_at', integer)
    .addUniqueConstraint('deployments_iid', ['repo_id', 'iid'])
    .execute();
  await index('deployments_environment', 'deployments', ['environment_id', 'id']).execute();
  await index('deployments_job', 'deployments', ['job_id']).execute();
  // One for each order in which they may be listed, and for each filter that leaves few of many.
  await index('deployments_list', 'deployments', ['repo_id', 'id']).execute();
  await index('deployments_updated', 'deployments', ['repo_id', 'updated_at', 'id']).execute();
  await index('deployments_finished', 'deployments', ['repo_id', 'status', 'finished_at', 'id']).execute();
  await index('deployments_ref', 'deployments', ['repo_id', 'ref', 'id']).execute();
  await index('deployments_status', 'deployments', ['repo_id', 'status', 'id']).execute();
  await index('deployments_environment_updated', 'deployments', ['environment_id', 'updated_at', 'id']).execute();
  await index('deployments_environment_status', 'deployments', ['environment_id', 'status', 'id']).execute();
  await index('deployments_latest', 'deployments', ['environment_id', 'status', 'finished_at', 'id']).execute();
  await table('deployed_commits')
    .addColumn('repo_id', integer, (c) => c.notNull().references('repos.id'))
    .addColumn('sha', 'text', required)
    .addColumn('info', 'text', required)
    .addPrimaryKeyConstraint('deployed_commits_key', ['repo_id', 'sha'])
    .execute();
  await withId('deployment_approvals')
    .addColumn('deployment_id', integer, required)
    .addColumn('user_id', integer, (c) => c.notNull().references('users.id'))
    .addColumn('rule_id', integer)
    .addColumn('status', 'text', required)
    .addColumn('comment', 'text')
    .addColumn('created_at', integer, required)
    .addUniqueConstraint('deployment_approvals_user', ['deployment_id', 'user_id'])
    .execute();
  await withId('protected_environments')
    .addColumn('repo_id', integer, (c) => c.references('repos.id'))
    .addColumn('group_id', integer, (c) => c.references('groups.id'))
    .addColumn('name', 'text', required)
    .addColumn('created_at', integer, required)
    .addUniqueConstraint('protected_environments_repo', ['repo_id', 'name'])
    .addUniqueConstraint('protected_environments_group', ['group_id', 'name'])
    .execute();
  await withId('protection_rules')
    .addColumn('protected_environment_id', integer, (c) => c.notNull().references('protected_environments.id'))
    .addColumn('kind', 'text', required)
    .addColumn('user_id', integer)
    .addColumn('group_id', integer)
    .addColumn('access_level', integer)
    .addColumn('group_inheritance_type', integer, required)
    .addColumn('required_approvals', integer, required)
    .execute();
  await index('protection_rules_of', 'protection_rules', ['protected_environment_id', 'id']).execute();
  await withId('freeze_periods')
    .addColumn('repo_id', integer, (c) => c.notNull().references('repos.id'))
    .addColumn('freeze_start', 'text', required)
    .addColumn('freeze_end', 'text', required)
    .addColumn('cron_timezone', 'text', required)
    .addColumn('created_at', integer, required)
    .addColumn('updated_at', integer, required)
    .execute();
  await index('freeze_periods_repo', 'freeze_periods', ['repo_id', 'id']).execute();
  await withId('environment_events')
    .addColumn('environment_id', integer, required)
    .addColumn('actor_id', integer, required)
    .addColumn('kind', 'text', required)
    .addColumn('reason', 'text')
    .addColumn('data', 'text', required)
    .addColumn('created_at', integer, required)
    .execute();
  await index('environment_events_environment', 'environment_events', ['environment_id', 'id']).execute();

  await table('local_pull_numbers')
    .addColumn('full_name', 'text', (c) => c.primaryKey())
    .addColumn('last_number', integer, required)
    .execute();
  await withId('local_pulls')
    .addColumn('full_name', 'text', required)
    .addColumn('number', integer, required)
    .addColumn('title', 'text', required)
    .addColumn('author', 'text', required)
    .addColumn('head_branch', 'text', required)
    .addColumn('base_branch', 'text', required)
    .addColumn('head_sha', 'text', required)
    .addColumn('base_sha', 'text', required)
    .addColumn('state', 'text', required)
    .addColumn('draft', integer, required)
    .addColumn('labels', 'text', required)
    .addColumn('created_at', integer, required)
    .addColumn('closed_at', integer)
    .addColumn('closed_by', 'text')
    .addColumn('merge_sha', 'text')
    .addUniqueConstraint('local_pulls_number', ['full_name', 'number'])
    .execute();
  await index('local_pulls_state', 'local_pulls', ['state', 'full_name']).execute();
  await index('local_pulls_by_number', 'local_pulls', ['number']).execute();
  await withId('local_pull_comments')
    .addColumn('pull_id', integer, (c) => c.notNull().references('local_pulls.id'))
    .addColumn('author', 'text', required)
    .addColumn('body', 'text', required)
    .addColumn('hidden', integer, (c) => c.notNull().defaultTo(0))
    .addColumn('reactions', 'text', (c) => c.notNull().defaultTo('[]'))
    .addColumn('created_at', integer, required)
    .addColumn('updated_at', integer, required)
    .execute();
  await index('local_pull_comments_pull', 'local_pull_comments', ['pull_id', 'id']).execute();
  await withId('local_pull_reviews')
    .addColumn('pull_id', integer, (c) => c.notNull().references('local_pulls.id'))
    .addColumn('login', 'text', required)
    .addColumn('commit_sha', 'text', required)
    .addColumn('created_at', integer, required)
    .addColumn('dismissed_at', integer)
    .addColumn('dismiss_reason', 'text')
    .execute();
  await index('local_pull_reviews_pull', 'local_pull_reviews', ['pull_id', 'id']).execute();
  await table('local_pull_statuses')
    .addColumn('full_name', 'text', required)
    .addColumn('sha', 'text', required)
    .addColumn('context', 'text', required)
    .addColumn('state', 'text', required)
    .addColumn('description', 'text', required)
    .addColumn('target_url', 'text')
    .addColumn('updated_at', integer, required)
    .addPrimaryKeyConstraint('local_pull_statuses_key', ['full_name', 'sha', 'context'])
    .execute();
}
