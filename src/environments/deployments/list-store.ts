import type { DbHandle } from '../../db/index.ts';
import type { Deployment, DeploymentStatus } from '../types.ts';
import { toDeployment } from './store.ts';

/** All conditions hold together. Times: milliseconds since the epoch. */
export type DeploymentFilter = {
  readonly repoId: number;
  readonly environmentId?: number | undefined;
  readonly status?: DeploymentStatus | undefined;
  /** Inclusive. */
  readonly updatedAfter?: number | undefined;
  /** Inclusive. */
  readonly updatedBefore?: number | undefined;
  /** Inclusive. */
  readonly finishedAfter?: number | undefined;
  /** Exclusive. */
  readonly finishedBefore?: number | undefined;
};

export type DeploymentOrder = {
  readonly by: 'id' | 'ref' | 'updated_at' | 'finished_at';
  readonly direction: 'asc' | 'desc';
};

/** A stretch of a list: by offset in any order, or from an id on in the order of ids. */
export type Stretch = { readonly limit: number } & ({ readonly offset: number } | { readonly beyondId: number | null });

/** Rows of equal time or ref come in the order of ids, in the same direction. */
export async function listDeploymentRows(
  handle: DbHandle,
  filter: DeploymentFilter,
  { order, stretch }: { readonly order: DeploymentOrder; readonly stretch: Stretch },
): Promise<Deployment[]> {
  const { by, direction } = order;
  let ids = matching(handle, filter).select('id').limit(stretch.limit);
  if (by !== 'id') ids = ids.orderBy(by, direction);
  ids = ids.orderBy('id', direction);
  if ('offset' in stretch) ids = ids.offset(stretch.offset);
  else if (stretch.beyondId !== null) ids = ids.where('id', direction === 'asc' ? '>' : '<', stretch.beyondId);
  // Only ids are walked over, in an index: the rows in front of the stretch are never read.
  let rows = handle.query
    .selectFrom('deployments')
    .selectAll()
    .where('id', 'in', (eb) => eb.selectFrom(ids.as('found')).select('found.id'));
  if (by !== 'id') rows = rows.orderBy(by, direction);
  return (await rows.orderBy('id', direction).execute()).map(toDeployment);
}

/** How many match, counting no further than `cap`. */
export async function countDeployments(handle: DbHandle, filter: DeploymentFilter, cap: number): Promise<number> {
  const some = matching(handle, filter).select('id').limit(cap);
  const row = await handle.query
    .selectFrom(some.as('some'))
    .select(({ fn }) => fn.countAll<number>().as('n'))
    .executeTakeFirstOrThrow();
  return Number(row.n);
}

function matching(handle: DbHandle, filter: DeploymentFilter) {
  const { environmentId, status, updatedAfter, updatedBefore, finishedAfter, finishedBefore } = filter;
  let rows = handle.query.selectFrom('deployments');
  // An environment is of one repo: asking for both would tempt the planner into the wrong index.
  rows =
    environmentId === undefined
      ? rows.where('repo_id', '=', filter.repoId)
      : rows.where('environment_id', '=', environmentId);
  if (status !== undefined) rows = rows.where('status', '=', status);
  if (updatedAfter !== undefined) rows = rows.where('updated_at', '>=', updatedAfter);
  if (updatedBefore !== undefined) rows = rows.where('updated_at', '<=', updatedBefore);
  if (finishedAfter !== undefined) rows = rows.where('finished_at', '>=', finishedAfter);
  if (finishedBefore !== undefined) rows = rows.where('finished_at', '<', finishedBefore);
  return rows;
}
