import { type ExpressionBuilder, sql } from 'kysely';
import type { DbHandle, Schema } from '../db/index.ts';
import { longestName } from './names.ts';
import { toEnvironment } from './store.ts';
import type { Environment, EnvironmentState } from './types.ts';

/** All conditions hold together. */
export type EnvironmentFilter = {
  /** In one of these repos. */
  readonly repoIds: readonly number[];
  /** Exactly this name. */
  readonly name?: string | undefined;
  /** The name, or what follows its first `/`, begins with this, whatever the case. */
  readonly search?: string | undefined;
  /** The name holds this somewhere, whatever the case. */
  readonly part?: string | undefined;
  readonly state?: EnvironmentState | undefined;
};

/** A stretch of a list in ascending order of id. */
export type Stretch = { readonly limit: number } & ({ readonly offset: number } | { readonly afterId: number });

/**
 * A stretch of what matches. `sparse` says that few do: they are then found first and sorted; else the repo's
 * environments are gone through in order, since a stretch is soon full.
 */
export async function listEnvironmentRows(
  handle: DbHandle,
  filter: EnvironmentFilter,
  stretch: Stretch & { readonly sparse: boolean },
): Promise<Environment[]> {
  // Only ids are walked over, in an index: the rows in front of the stretch are never read.
  const parts = stretch.sparse ? disjointParts(handle, filter) : [matching(handle, filter)];
  const found = parts.map((part) => part.select('id')).reduce((union, part) => union.unionAll(part));
  const ids = handle.query.selectFrom(found.as('found')).select('found.id').orderBy('found.id').limit(stretch.limit);
  const rows = await handle.query
    .selectFrom('environments')
    .selectAll()
    .where('id', 'in', 'afterId' in stretch ? ids.where('found.id', '>', stretch.afterId) : ids.offset(stretch.offset))
    .orderBy('id')
    .execute();
  return rows.map(toEnvironment);
}

/** How many match, counting no further than `cap`. */
export async function countEnvironments(handle: DbHandle, filter: EnvironmentFilter, cap: number): Promise<number> {
  let found = 0;
  for (const part of disjointParts(handle, filter)) {
    const some = part.select(sql<number>`1`.as('one')).limit(cap - found);
    const row = await handle.query
      .selectFrom(some.as('some'))
      .select(({ fn }) => fn.countAll<number>().as('n'))
      .executeTakeFirstOrThrow();
    found += Number(row.n);
    if (found >= cap) break;
  }
  return found;
}

/** The matches of a search in two parts that share none, so that each is one range of an index. */
function disjointParts(handle: DbHandle, filter: EnvironmentFilter) {
  const { search, ...others } = filter;
  if (search === undefined) return [matching(handle, others)];
  const byName = matching(handle, others).where(beginsWith('name_key', search));
  const byRest = matching(handle, others)
    .where(beginsWith('rest_key', search))
    .where((eb) => eb.not(beginsWith('name_key', search)(eb)));
  return [byName, byRest];
}

function matching(handle: DbHandle, filter: EnvironmentFilter) {
  const { repoIds, name, search, part, state } = filter;
  const [only, ...others] = repoIds;
  let rows = handle.query.selectFrom('environments');
  // With one repo its index is already in order of id.
  if (only !== undefined && others.length === 0) rows = rows.where('repo_id', '=', only);
  else rows = repoIds.length === 0 ? rows.where(sql<boolean>`1 = 0`) : rows.where('repo_id', 'in', repoIds);
  if (name !== undefined) rows = rows.where('name', '=', name);
  if (state !== undefined) rows = rows.where('state', '=', state);
  if (part !== undefined) rows = rows.where('name_key', 'like', holding(part));
  if (search === undefined) return rows;
  return rows.where((eb) => eb.or([beginsWith('name_key', search)(eb), beginsWith('rest_key', search)(eb)]));
}

/** A pattern for `like`, with its own signs taken literally. Longer than any name, the text needs no end. */
function holding(part: string) {
  const literal = part
    .slice(0, 2 * longestName)
    .toLowerCase()
    .replace(/[\\%_]/g, '\\$&');
  return sql<string>`${`%${literal}%`} escape '\\'`;
}

/** Names are ASCII, so that the last code point comes after all that begin with the text. */
function beginsWith(column: 'name_key' | 'rest_key', text: string) {
  const from = text.toLowerCase();
  return (eb: ExpressionBuilder<Schema, 'environments'>) =>
    eb.and([eb(column, '>=', from), eb(column, '<', `${from}\u{10ffff}`)]);
}
