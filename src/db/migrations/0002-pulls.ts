import type { ColumnDefinitionBuilder, Kysely } from 'kysely';
import type { Engine } from '../engine.ts';

/** Pull requests: deliveries, commands, what became of them and what was told. What each column holds is said in `schema.ts`. */
export async function up(db: Kysely<unknown>, engine: Engine): Promise<void> {
  const withId = (name: string) => db.schema.createTable(name).addColumn('id', engine.idType, engine.id);
  const required = (column: ColumnDefinitionBuilder) => column.notNull();
  const integer = engine.integerType;
  const index = (name: string, on: string, columns: string[]) => db.schema.createIndex(name).on(on).columns(columns);

  await withId('deliveries')
    .addColumn('host', 'text', required)
    .addColumn('delivery_id', 'text', required)
    .addColumn('body_digest', 'text')
    .addColumn('kind', 'text', required)
    .addColumn('repo_full_name', 'text', required)
    .addColumn('pull_number', integer, required)
    .addColumn('received_at', integer, required)
    .addUniqueConstraint('deliveries_identity', ['host', 'delivery_id'])
    .addUniqueConstraint('deliveries_content', ['host', 'body_digest'])
    .execute();
  await index('deliveries_received', 'deliveries', ['received_at']).execute();
  await withId('pulls')
    .addColumn('repo_id', integer, (c) => c.notNull().references('repos.id'))
    .addColumn('number', integer, required)
    .addColumn('url', 'text', required)
    .addColumn('title', 'text', required)
    .addColumn('author', 'text', required)
    .addColumn('head_branch', 'text', required)
    .addColumn('head_sha', 'text', required)
    .addColumn('base_branch', 'text', required)
    .addColumn('state', 'text', required)
    .addColumn('planned_head', 'text')
    .addColumn('planned_base', 'text')
    .addColumn('created_at', integer, required)
    .addColumn('updated_at', integer, required)
    .addUniqueConstraint('pulls_identity', ['repo_id', 'number'])
    .execute();
  await index('pulls_head', 'pulls', ['repo_id', 'head_sha']).execute();
  await withId('pull_commands')
    .addColumn('pull_id', integer, (c) => c.notNull().references('pulls.id'))
    .addColumn('kind', 'text', required)
    .addColumn('work', 'text', required)
    .addColumn('actor_id', integer, (c) => c.notNull().references('users.id'))
    .addColumn('state', 'text', required)
    .addColumn('run_id', integer)
    .addColumn('head_sha', 'text')
    .addColumn('base_branch', 'text')
    .addColumn('facts', 'text', (c) => c.notNull().defaultTo('{}'))
    .addColumn('note', 'text')
    .addColumn('created_at', integer, required)
    .addColumn('started_at', integer)
    .addColumn('ended_at', integer)
    .execute();
  await index('pull_commands_pull', 'pull_commands', ['pull_id', 'id']).execute();
  await withId('pull_projects')
    .addColumn('pull_id', integer, (c) => c.notNull().references('pulls.id'))
    .addColumn('dir', 'text', required)
    .addColumn('workspace', 'text', required)
    .addColumn('project_name', 'text', required)
    .addColumn('position', integer, required)
    .addColumn('status', 'text', required)
    .addColumn('job_id', integer)
    .addColumn('updated_at', integer, required)
    .addUniqueConstraint('pull_projects_identity', ['pull_id', 'dir', 'workspace', 'project_name'])
    .execute();
  await withId('pull_statuses')
    .addColumn('pull_id', integer, (c) => c.notNull().references('pulls.id'))
    .addColumn('head_sha', 'text', required)
    .addColumn('context', 'text', required)
    .addColumn('state', 'text', required)
    .addColumn('description', 'text', required)
    .addColumn('target_url', 'text')
    .addColumn('written_at', integer)
    .addUniqueConstraint('pull_statuses_identity', ['pull_id', 'head_sha', 'context'])
    .execute();
  await withId('pull_comments')
    .addColumn('pull_id', integer, (c) => c.notNull().references('pulls.id'))
    .addColumn('command_id', integer)
    .addColumn('key', 'text', required)
    .addColumn('heading', 'text', required)
    .addColumn('body_digest', 'text', required)
    .addColumn('comment_id', 'text')
    .addColumn('created_at', integer, required)
    .addColumn('hidden_at', integer)
    .addUniqueConstraint('pull_comments_identity', ['pull_id', 'key'])
    .execute();
}
