import type { DbHandle } from '../db/index.ts';
import { countEnvironments, type EnvironmentFilter, listEnvironmentRows } from './list-store.ts';
import type { Environment } from './types.ts';

/** Matches are counted no further than this, so that a page costs the same however many there are. */
export const countLimit = 10_000;

export type EnvironmentPage = {
  readonly environments: readonly Environment[];
  /** How many match; null when more than `countLimit` do. */
  readonly total: number | null;
  /** More follow this page. */
  readonly more: boolean;
};

/** One page of what matches, in ascending order of id. `page` counts from 1. */
export async function listEnvironments(
  handle: DbHandle,
  filter: EnvironmentFilter,
  request: { readonly page: number; readonly perPage: number },
): Promise<EnvironmentPage> {
  const count = await countEnvironments(handle, filter, countLimit + 1);
  const total = count > countLimit ? null : count;
  const offset = (request.page - 1) * request.perPage;
  if (total !== null && offset >= total) return { environments: [], total, more: false };
  // One more than asked for tells whether there is a next page.
  const limit = request.perPage + 1;
  const rows = await listEnvironmentRows(handle, filter, { offset, limit, sparse: total !== null });
  return { environments: rows.slice(0, request.perPage), total, more: rows.length > request.perPage };
}

/** The matches after an id, in ascending order of id: cheap however far down the list. */
export async function listEnvironmentsAfter(
  handle: DbHandle,
  filter: EnvironmentFilter,
  request: { readonly afterId: number; readonly perPage: number },
): Promise<{ readonly environments: readonly Environment[]; readonly more: boolean }> {
  const sparse = filter.search !== undefined && (await countEnvironments(handle, filter, countLimit + 1)) <= countLimit;
  const limit = request.perPage + 1;
  const rows = await listEnvironmentRows(handle, filter, { afterId: request.afterId, limit, sparse });
  return { environments: rows.slice(0, request.perPage), more: rows.length > request.perPage };
}
