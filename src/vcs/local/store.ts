import type { Insertable, Selectable, Updateable } from 'kysely';
import type { DbHandle, LocalPullsTable, Tx } from '../../db/index.ts';
import type { PullRef } from '../index.ts';
import { storable } from './storable.ts';
import type { LocalPull, LocalPullState } from './types.ts';

export type NewPull = Pick<
  LocalPull,
  | 'fullName'
  | 'title'
  | 'author'
  | 'headBranch'
  | 'baseBranch'
  | 'headSha'
  | 'baseSha'
  | 'draft'
  | 'labels'
  | 'createdAt'
>;

/** Openings in one repo wait for each other from here to the end of their transactions. */
export async function lockOpenings(tx: Tx, fullName: string): Promise<void> {
  await raiseNumber(tx, fullName, 0);
}

/** Adds an open pull request under the next number of its repo. */
export async function insertPull(tx: Tx, pull: NewPull): Promise<LocalPull> {
  const row: Insertable<LocalPullsTable> = {
    full_name: pull.fullName,
    number: await raiseNumber(tx, pull.fullName, 1),
    title: storable(pull.title),
    author: pull.author,
    head_branch: pull.headBranch,
    base_branch: pull.baseBranch,
    head_sha: pull.headSha,
    base_sha: pull.baseSha,
    state: 'open',
    draft: pull.draft ? 1 : 0,
    labels: JSON.stringify(pull.labels.map(storable)),
    created_at: pull.createdAt,
  };
  return toPull(await tx.query.insertInto('local_pulls').values(row).returningAll().executeTakeFirstOrThrow());
}

async function raiseNumber(tx: Tx, fullName: string, by: 0 | 1): Promise<number> {
  const { last_number: number } = await tx.query
    .insertInto('local_pull_numbers')
    .values({ full_name: fullName, last_number: by })
    .onConflict((conflict) =>
      conflict.column('full_name').doUpdateSet(({ eb }) => ({
        last_number: eb('local_pull_numbers.last_number', '+', by),
      })),
    )
    .returning('last_number')
    .executeTakeFirstOrThrow();
  return number;
}

export async function selectPull(db: DbHandle, { fullName, number }: PullRef): Promise<LocalPull | undefined> {
  const row = await db.query
    .selectFrom('local_pulls')
    .selectAll()
    .where('full_name', '=', fullName)
    .where('number', '=', number)
    .executeTakeFirst();
  return row && toPull(row);
}

export type PullFilter = {
  readonly fullName?: string;
  readonly number?: number;
  readonly state?: LocalPullState;
  readonly headBranch?: string;
  readonly baseBranch?: string;
  /** Only with ids below this one. */
  readonly before?: number;
  readonly limit?: number;
};

/** Newest first. */
export async function selectPulls(db: DbHandle, filter: PullFilter): Promise<LocalPull[]> {
  const wanted: Record<string, string | number | undefined> = {
    full_name: filter.fullName,
    number: filter.number,
    state: filter.state,
    head_branch: filter.headBranch,
    base_branch: filter.baseBranch,
  };
  const given = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined));
  const rows = await db.query
    .selectFrom('local_pulls')
    .selectAll()
    .where((eb) => eb.and(given))
    .$if(filter.before !== undefined, (query) => query.where('id', '<', filter.before ?? 0))
    .$if(filter.limit !== undefined, (query) => query.limit(filter.limit ?? 0))
    .orderBy('id', 'desc')
    .execute();
  return rows.map(toPull);
}

type PullChange = {
  readonly headSha?: string;
  readonly baseSha?: string;
  readonly draft?: boolean;
};

/** Changes an open pull request whose head is still where it was seen last; false when it is not. */
export async function updateOpenPull(
  tx: Tx,
  seen: Pick<LocalPull, 'id' | 'headSha' | 'baseSha' | 'draft'>,
  change: PullChange,
): Promise<boolean> {
  const values: Updateable<LocalPullsTable> = {
    head_sha: change.headSha ?? seen.headSha,
    base_sha: change.baseSha ?? seen.baseSha,
    draft: (change.draft ?? seen.draft) ? 1 : 0,
  };
  const { numUpdatedRows } = await tx.query
    .updateTable('local_pulls')
    .set(values)
    .where('id', '=', seen.id)
    .where('state', '=', 'open')
    .where('head_sha', '=', seen.headSha)
    .where('base_sha', '=', seen.baseSha)
    .where('draft', '=', seen.draft ? 1 : 0)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

export type PullEnd = {
  readonly state: Exclude<LocalPullState, 'open'>;
  readonly by: string;
  readonly at: number;
  readonly headSha?: string;
  readonly mergeSha?: string | null;
};

/** Ends an open pull request; false when it was not open any more. */
export async function endPull(tx: Tx, id: number, end: PullEnd): Promise<boolean> {
  const { numUpdatedRows } = await tx.query
    .updateTable('local_pulls')
    .set({
      state: end.state,
      closed_by: end.by,
      closed_at: end.at,
      merge_sha: end.mergeSha ?? null,
      ...(end.headSha === undefined ? {} : { head_sha: end.headSha }),
    })
    .where('id', '=', id)
    .where('state', '=', 'open')
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

function toPull(row: Selectable<LocalPullsTable>): LocalPull {
  return {
    id: row.id,
    fullName: row.full_name,
    number: row.number,
    title: row.title,
    author: row.author,
    headBranch: row.head_branch,
    baseBranch: row.base_branch,
    headSha: row.head_sha,
    baseSha: row.base_sha,
    state: row.state as LocalPullState,
    draft: row.draft === 1,
    labels: JSON.parse(row.labels) as string[],
    createdAt: row.created_at,
    closedAt: row.closed_at,
    closedBy: row.closed_by,
    mergeSha: row.merge_sha,
  };
}
