import type { DbHandle } from '../../db/index.ts';
import { countLimit, type ListDeps } from '../list-environments.ts';
import type { Deployment } from '../types.ts';
import { countDeployments, type DeploymentFilter, type DeploymentOrder, listDeploymentRows } from './list-store.ts';

export type DeploymentPage = {
  readonly deployments: readonly Deployment[];
  /** How many match; null when more than `countLimit` do. */
  readonly total: number | null;
  /** More follow this page. */
  readonly more: boolean;
};

/** One page of what matches. `page` counts from 1. */
export async function listDeployments(
  deps: ListDeps,
  filter: DeploymentFilter,
  request: { readonly order: DeploymentOrder; readonly page: number; readonly perPage: number },
): Promise<DeploymentPage> {
  const { order, page, perPage } = request;
  const total = await cappedCount(deps, filter);
  const offset = (page - 1) * perPage;
  if (total !== null && offset >= total) return { deployments: [], total, more: false };
  // One more than asked for tells whether there is a next page.
  const rows = await listDeploymentRows(deps.db, filter, { order, stretch: { offset, limit: perPage + 1 } });
  return { deployments: rows.slice(0, perPage), total, more: rows.length > perPage };
}

/** What matches beyond an id (from the beginning, for null), in the order of ids: cheap however far down the list. */
export async function listDeploymentsBeyond(
  handle: DbHandle,
  filter: DeploymentFilter,
  request: { readonly direction: 'asc' | 'desc'; readonly beyondId: number | null; readonly perPage: number },
): Promise<Pick<DeploymentPage, 'deployments' | 'more'>> {
  const { direction, beyondId, perPage } = request;
  const rows = await listDeploymentRows(handle, filter, {
    order: { by: 'id', direction },
    stretch: { beyondId, limit: perPage + 1 },
  });
  return { deployments: rows.slice(0, perPage), more: rows.length > perPage };
}

async function cappedCount({ db, overLimit }: ListDeps, filter: DeploymentFilter): Promise<number | null> {
  const list = `deployments ${JSON.stringify(filter)}`;
  if (overLimit.has(list)) return null;
  const count = await countDeployments(db, filter, countLimit + 1);
  if (count <= countLimit) return count;
  overLimit.add(list);
  return null;
}
