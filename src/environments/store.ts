import type { Selectable } from 'kysely';
import type { DbHandle, EnvironmentsTable, Tx } from '../db/index.ts';
import { folderOf, nameInFolder } from './names.ts';
import type { AutoStopSetting, Environment, EnvironmentState, EnvironmentTier, OwningProject } from './types.ts';

export type NewEnvironment = Pick<Environment, 'repoId' | 'name' | 'slug' | 'tier' | 'project'> &
  Partial<EnvironmentChange> & { readonly now: number };

export async function insertEnvironment(tx: Tx, environment: NewEnvironment): Promise<number> {
  const { repoId, name, slug, tier, project, now, ...rest } = environment;
  const row = await tx.query
    .insertInto('environments')
    .values({
      repo_id: repoId,
      name,
      name_key: name.toLowerCase(),
      rest_key: nameInFolder(name)?.toLowerCase() ?? null,
      folder: folderOf(name),
      slug,
      tier,
      state: 'available',
      auto_stop_setting: 'always',
      created_at: now,
      updated_at: now,
      ...ownerColumns(project),
      ...changedColumns(rest),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return row.id;
}

/** What may change of an environment. */
export type EnvironmentChange = Omit<
  Environment,
  'id' | 'repoId' | 'name' | 'folder' | 'slug' | 'project' | 'createdAt' | 'updatedAt'
>;

/** Changes what is given, of all of them alike; what is left out stays. */
export async function updateEnvironments(
  tx: Tx,
  ids: readonly number[],
  { now, ...change }: Partial<EnvironmentChange> & { readonly now: number },
): Promise<void> {
  if (ids.length === 0) return;
  await tx.query
    .updateTable('environments')
    .set({ ...changedColumns(change), updated_at: now })
    .where('id', 'in', [...ids])
    .execute();
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

export async function findByIds(handle: DbHandle, ids: readonly number[]): Promise<Environment[]> {
  if (ids.length === 0) return [];
  const rows = handle.query.selectFrom('environments').selectAll().orderBy('id');
  return (await rows.where('id', 'in', [...ids]).execute()).map(toEnvironment);
}

export async function deleteRows(tx: Tx, ids: readonly number[]): Promise<void> {
  await tx.query
    .deleteFrom('environments')
    .where('id', 'in', [...ids])
    .execute();
}

async function one(query: { executeTakeFirst(): Promise<Selectable<EnvironmentsTable> | undefined> }) {
  const row = await query.executeTakeFirst();
  return row && toEnvironment(row);
}

function ownerColumns(project: OwningProject | null) {
  return project ? { dir: project.dir, workspace: project.workspace, project_name: project.name } : {};
}

const columns = {
  tier: 'tier',
  state: 'state',
  externalUrl: 'external_url',
  description: 'description',
  clusterAgentId: 'cluster_agent_id',
  kubernetesNamespace: 'kubernetes_namespace',
  fluxResourcePath: 'flux_resource_path',
  autoStopAt: 'auto_stop_at',
  autoStopIn: 'auto_stop_in',
  autoStopSetting: 'auto_stop_setting',
  autoDeleteAt: 'auto_delete_at',
  stopDueAt: 'stop_due_at',
  stopCause: 'stop_cause',
  stopFailures: 'stop_failures',
  stopRound: 'stop_round',
  stoppingReason: 'stopping_reason',
  stoppingUntil: 'stopping_until',
  lastDeploymentId: 'last_deployment_id',
} as const satisfies Record<keyof EnvironmentChange, keyof EnvironmentsTable>;

function changedColumns(change: Partial<EnvironmentChange>): Partial<Selectable<EnvironmentsTable>> {
  const names = Object.keys(change) as (keyof EnvironmentChange)[];
  return Object.fromEntries(
    names.filter((name) => change[name] !== undefined).map((name) => [columns[name], change[name]]),
  );
}

export function toEnvironment(row: Selectable<EnvironmentsTable>): Environment {
  const { dir, workspace, project_name: projectName } = row;
  return {
    id: row.id,
    repoId: row.repo_id,
    name: row.name,
    folder: row.folder,
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
    autoStopIn: row.auto_stop_in,
    autoStopSetting: row.auto_stop_setting as AutoStopSetting,
    autoDeleteAt: row.auto_delete_at,
    stopDueAt: row.stop_due_at,
    stopCause: row.stop_cause,
    stopFailures: row.stop_failures,
    stopRound: row.stop_round,
    stoppingReason: row.stopping_reason,
    stoppingUntil: row.stopping_until,
    lastDeploymentId: row.last_deployment_id,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
