import type { Selectable } from 'kysely';
import type { ProjectStatus } from '../comments/index.ts';
import type { DbHandle, PullProjectsTable, PullsTable, Tx } from '../db/index.ts';
import type { Repo } from '../repos/index.ts';
import type { Pull } from '../vcs/index.ts';
import type { PullProject, PullRecord } from './types.ts';

/** What an event or the host says about a pull request. */
export type SeenPull = Pick<
  PullRecord,
  'number' | 'url' | 'title' | 'author' | 'headBranch' | 'headSha' | 'baseBranch' | 'state'
>;

/** The row of a pull request, made when it is first named. What `seen` says takes the place of what was known. */
export async function upsertPull(
  tx: Tx,
  repo: Repo,
  pull: { readonly number: number; readonly seen: SeenPull | null; readonly now: number },
): Promise<PullRecord> {
  const { number, seen, now } = pull;
  const values = { ...seenColumns(seen), updated_at: now };
  await tx.query
    .insertInto('pulls')
    .values({ repo_id: repo.id, number, planned_head: null, planned_base: null, created_at: now, ...values })
    .onConflict((conflict) => {
      const known = conflict.columns(['repo_id', 'number']);
      return seen ? known.doUpdateSet(values) : known.doNothing();
    })
    .execute();
  const row = await tx.query
    .selectFrom('pulls')
    .selectAll()
    .where('repo_id', '=', repo.id)
    .where('number', '=', number)
    .executeTakeFirstOrThrow();
  return toPull(row, repo);
}

/**
 * Keeps what the host says of a pull request: that it was there before this server, or that a push was not told. Nothing
 * when an event has told of another head meanwhile.
 */
export async function noteLive(
  db: DbHandle,
  known: PullRecord,
  { live, now }: { readonly live: Pull; readonly now: number },
): Promise<void> {
  const seen = { ...live, state: live.open ? 'open' : 'closed' } as const;
  const isNews = seenKeys.some((key) => known[key] !== seen[key]);
  if (!isNews) return;
  await db.query
    .updateTable('pulls')
    .set({ ...seenColumns(seen), updated_at: now })
    .where('id', '=', known.id)
    .where('head_sha', '=', known.headSha)
    .execute();
}

const seenKeys = ['url', 'title', 'author', 'headBranch', 'headSha', 'baseBranch', 'state'] as const;

function seenColumns(seen: Omit<SeenPull, 'number'> | null) {
  return {
    url: seen?.url ?? '',
    // PostgreSQL's text cannot hold a NUL, which people can write into a title.
    title: seen?.title ?? '',
    author: seen?.author ?? '',
    head_branch: seen?.headBranch ?? '',
    head_sha: seen?.headSha ?? '',
    base_branch: seen?.baseBranch ?? '',
    state: seen?.state ?? ('open' as const),
  };
}

export async function selectPull(db: DbHandle, repo: Repo, number: number): Promise<PullRecord | undefined> {
  const row = await db.query
    .selectFrom('pulls')
    .selectAll()
    .where('repo_id', '=', repo.id)
    .where('number', '=', number)
    .executeTakeFirst();
  return row && toPull(row, repo);
}

export async function setClosed(tx: Tx, pullId: number, now: number): Promise<void> {
  await tx.query.updateTable('pulls').set({ state: 'closed', updated_at: now }).where('id', '=', pullId).execute();
}

/** Says what the record of projects is about from now on; null when it is about nothing. */
export async function setPlanned(tx: Tx, pullId: number, planned: PullRecord['planned']): Promise<void> {
  const set = { planned_head: planned?.headSha ?? null, planned_base: planned?.baseBranch ?? null };
  await tx.query.updateTable('pulls').set(set).where('id', '=', pullId).execute();
}

/** The record, in the order of the list that its projects came in. */
export async function selectProjects(db: DbHandle, pullId: number): Promise<PullProject[]> {
  const rows = await db.query
    .selectFrom('pull_projects')
    .selectAll()
    .where('pull_id', '=', pullId)
    .orderBy('position')
    .orderBy('id')
    .execute();
  return rows.map(toProject);
}

type ProjectNow = PullProject & { readonly now: number };

export async function upsertProject(tx: Tx, pullId: number, project: ProjectNow): Promise<void> {
  const { status, job_id, updated_at } = projectColumns(project);
  await tx.query
    .insertInto('pull_projects')
    .values({ pull_id: pullId, ...projectColumns(project) })
    .onConflict((conflict) => conflict.columns(projectKey).doUpdateSet({ status, job_id, updated_at }))
    .execute();
}

/** As `upsertProject`, but a project that has a row keeps it as it is. */
export async function insertProject(tx: Tx, pullId: number, project: ProjectNow): Promise<void> {
  await tx.query
    .insertInto('pull_projects')
    .values({ pull_id: pullId, ...projectColumns(project) })
    .onConflict((conflict) => conflict.columns(projectKey).doNothing())
    .execute();
}

const projectKey = ['pull_id', 'dir', 'workspace', 'project_name'] as const;

function projectColumns({ dir, workspace, projectName, position, status, jobId, now }: ProjectNow) {
  return { dir, workspace, project_name: projectName, position, status, job_id: jobId, updated_at: now };
}

export async function deleteProjects(tx: Tx, pullId: number): Promise<void> {
  await tx.query.deleteFrom('pull_projects').where('pull_id', '=', pullId).execute();
}

export async function deleteProject(
  tx: Tx,
  pullId: number,
  { dir, workspace, projectName }: Pick<PullProject, 'dir' | 'workspace' | 'projectName'>,
): Promise<void> {
  await tx.query
    .deleteFrom('pull_projects')
    .where('pull_id', '=', pullId)
    .where('dir', '=', dir)
    .where('workspace', '=', workspace)
    .where('project_name', '=', projectName)
    .execute();
}

export function toPull(row: Selectable<PullsTable>, repo: Repo): PullRecord {
  const { planned_head: headSha, planned_base: baseBranch } = row;
  return {
    id: row.id,
    repo,
    number: row.number,
    url: row.url,
    title: row.title,
    author: row.author,
    headBranch: row.head_branch,
    headSha: row.head_sha,
    baseBranch: row.base_branch,
    state: row.state,
    planned: headSha === null || baseBranch === null ? null : { headSha, baseBranch },
  };
}

function toProject(row: Selectable<PullProjectsTable>): PullProject {
  return {
    dir: row.dir,
    workspace: row.workspace,
    projectName: row.project_name,
    position: row.position,
    status: row.status as ProjectStatus,
    jobId: row.job_id,
  };
}
