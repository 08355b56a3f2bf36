import type { Selectable } from 'kysely';
import type { DbHandle, EnvironmentsTable, Tx } from '../db/index.ts';
import { nameInFolder } from './names.ts';
import type { AutoStopSetting, Environment, EnvironmentState, EnvironmentTier, OwningProject } from './types.ts';

export type NewEnvironment = Pick<Environment, 'repoId' | 'name' | 'slug' | 'tier' | 'project'> & {
  readonly now: number;
};

export async function insertEnvironment(tx: Tx, environment: NewEnvironment): Promise<number> {
  const { repoId, name, slug, tier, project, now } = environment;
  const row = await tx.query
    .insertInto('environments')
    .values({
      repo_id: repoId,
      name,
      name_key: name.toLowerCase(),
      rest_key: nameInFolder(name)?.toLowerCase() ?? null,
      slug,
      tier,
      state: 'available',
      auto_stop_setting: 'always',
      created_at: now,
      updated_at: now,
      ...ownerColumns(project),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return row.id;
}

/** Gives an environment that no project owns to one. */
export async function setOwner(tx: Tx, id: number, change: { project: OwningProject; now: number }): Promise<void> {
  const columns = { ...ownerColumns(change.project), updated_at: change.now };
  await tx.query.updateTable('environments').set(columns).where('id', '=', id).execute();
}

export async function findOwned(
  handle: DbHandle,
  repoId: number,
  project: OwningProject,
): Promise<Environment | undefined> {
  return one(
    handle.query
      .selectFrom('environments')
      .selectAll()
      .where('repo_id', '=', repoId)
      .where('dir', '=', project.dir)
      .where('workspace', '=', project.workspace)
      .where('project_name', '=', project.name),
  );
}

export async function findByName(handle: DbHandle, repoId: number, name: string): Promise<Environment | undefined> {
  const rows = handle.query.selectFrom('environments').selectAll().where('repo_id', '=', repoId);
  return one(rows.where('name', '=', name));
}

export async function isSlugTaken(handle: DbHandle, repoId: number, slug: string): Promise<boolean> {
  const rows = handle.query.selectFrom('environments').select('id').where('repo_id', '=', repoId);
  return (await rows.where('slug', '=', slug).executeTakeFirst()) !== undefined;
}

/** The environment of that id in the repo. */
export async function findById(handle: DbHandle, repoId: number, id: number): Promise<Environment | undefined> {
  const rows = handle.query.selectFrom('environments').selectAll().where('repo_id', '=', repoId);
  return one(rows.where('id', '=', id));
}

/** Writes down a successful deployment. */
export async function setDeployed(
  tx: Tx,
  id: number,
  change: { state: EnvironmentState; lastDeploymentId: number; now: number },
): Promise<void> {
  const columns = { state: change.state, last_deployment_id: change.lastDeploymentId, auto_delete_at: null };
  await tx.query
    .updateTable('environments')
    .set({ ...columns, updated_at: change.now })
    .where('id', '=', id)
    .execute();
}

export async function insertEnvironmentEvent(
  tx: Tx,
  event: {
    environment_id: number;
    actor_id: number;
    kind: string;
    reason: string | null;
    data: string;
    created_at: number;
  },
): Promise<void> {
  await tx.query.insertInto('environment_events').values(event).execute();
}

async function one(query: { executeTakeFirst(): Promise<Selectable<EnvironmentsTable> | undefined> }) {
  const row = await query.executeTakeFirst();
  return row && toEnvironment(row);
}

function ownerColumns(project: OwningProject | null) {
  return project ? { dir: project.dir, workspace: project.workspace, project_name: project.name } : {};
}

export function toEnvironment(row: Selectable<EnvironmentsTable>): Environment {
  const { dir, workspace, project_name: projectName } = row;
  return {
    id: row.id,
    repoId: row.repo_id,
    name: row.name,
    slug: row.slug,
    tier: row.tier as EnvironmentTier,
    state: row.state as EnvironmentState,
    project: dir === null ? null : { dir, workspace: workspace ?? '', name: projectName ?? '' },
    externalUrl: row.external_url,
    description: row.description,
    clusterAgentId: row.cluster_agent_id,
    kubernetesNamespace: row.kubernetes_namespace,
    fluxResourcePath: row.flux_resource_path,
    autoStopAt: row.auto_stop_at,
    autoStopSetting: row.auto_stop_setting as AutoStopSetting,
    autoDeleteAt: row.auto_delete_at,
    lastDeploymentId: row.last_deployment_id,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
