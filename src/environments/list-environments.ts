import type { DbHandle } from '../db/index.ts';
import { countEnvironments, type EnvironmentFilter, listEnvironmentRows } from './list-store.ts';
import type { OverLimit } from './over-limit.ts';
import type { Environment } from './types.ts';

/** Matches are counted no further than this, so that a page costs the same however many there are. */
export const countLimit = 10_000;

export type ListDeps = { readonly db: DbHandle; readonly overLimit: OverLimit };

export type EnvironmentPage = {
  readonly environments: readonly Environment[];
  /** How many match; null when more than `countLimit` do. */
  readonly total: number | null;
  /** More follow this page. */
  readonly more: boolean;
};

/** One page of what matches, in ascending order of id. `page` counts from 1. */
export async function listEnvironments(
  deps: ListDeps,
  filter: EnvironmentFilter,
  request: { readonly page: number; readonly perPage: number },
): Promise<EnvironmentPage> {
  const total = await cappedCount(deps, filter);
  const offset = (request.page - 1) * request.perPage;
  if (total !== null && offset >= total) return { environments: [], total, more: false };
  // One more than asked for tells whether there is a next page.
  const limit = request.perPage + 1;
  const rows = await listEnvironmentRows(deps.db, filter, { offset, limit, sparse: total !== null });
  return { environments: rows.slice(0, request.perPage), total, more: rows.length > request.perPage };
}

/** The matches after an id, in ascending order of id: cheap however far down the list. */
export async function listEnvironmentsAfter(
  deps: ListDeps,
  filter: EnvironmentFilter,
  request: { readonly afterId: number; readonly perPage: number },
): Promise<{ readonly environments: readonly Environment[]; readonly more: boolean }> {
  const sparse = filter.search !== undefined && (await cappedCount(deps, filter)) !== null;
  const limit = request.perPage + 1;
  const rows = await listEnvironmentRows(deps.db, filter, { afterId: request.afterId, limit, sparse });
  return { environments: rows.slice(0, request.perPage), more: rows.length > request.perPage };
}

async function cappedCount({ db, overLimit }: ListDeps, filter: EnvironmentFilter): Promise<number | null> {
  const list = JSON.stringify(filter);
  if (overLimit.has(list)) return null;
  const count = await countEnvironments(db, filter, countLimit + 1);
  if (count <= countLimit) return count;
  overLimit.add(list);
  return null;
}
