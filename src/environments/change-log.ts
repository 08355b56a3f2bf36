import type { DbHandle, Tx } from '../db/index.ts';
import { countLimit } from './list-environments.ts';
import { countLogEntries, insertLogEntries, selectLogEntries } from './log-store.ts';

export type ChangeKind =
  | 'created'
  /** A project took an environment that was made over the API. */
  | 'adopted'
  | 'updated'
  /** Something was deployed to a stopped or stopping environment. */
  | 'started'
  /** Its stop actions run. */
  | 'stopping'
  | 'stopped'
  /** A stop action went wrong or took too long: it is available again. */
  | 'stop_failed'
  /** The timer was to stop it, and nothing could be done. */
  | 'stop_skipped'
  | 'deletion_scheduled'
  | 'deleted';

export type Change = {
  readonly environmentId: number;
  readonly actorId: number;
  readonly kind: ChangeKind;
  /** For people; null when the kind says it all. */
  readonly reason: string | null;
  /** Plain facts, never a secret. */
  readonly data?: Readonly<Record<string, unknown>>;
  /** Milliseconds since the epoch. */
  readonly now: number;
};

/** Writes down a change of an environment, in the transaction that makes it. */
export async function recordChange(tx: Tx, change: Change): Promise<void> {
  await recordChanges(tx, [change]);
}

export async function recordChanges(tx: Tx, changes: readonly Change[]): Promise<void> {
  await insertLogEntries(
    tx,
    changes.map(({ environmentId, actorId, kind, reason, data = {}, now }) => ({
      environment_id: environmentId,
      actor_id: actorId,
      kind,
      reason,
      data: JSON.stringify(data),
      created_at: now,
    })),
  );
}

/** A change that was written down. */
export type LoggedChange = Omit<Change, 'data' | 'now'> & {
  readonly id: number;
  readonly data: Readonly<Record<string, unknown>>;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
};

/** One page of what happened to an environment, and how many changes there are: `countLimit` and one when more. */
export async function listChanges(
  handle: DbHandle,
  environmentId: number,
  request: { readonly sort: 'asc' | 'desc'; readonly page: number; readonly perPage: number },
): Promise<{ readonly changes: readonly LoggedChange[]; readonly count: number }> {
  const { sort, page, perPage } = request;
  const count = await countLogEntries(handle, environmentId, countLimit + 1);
  const rows = await selectLogEntries(handle, environmentId, { sort, offset: (page - 1) * perPage, limit: perPage });
  const changes = rows.map((row) => ({
    id: row.id,
    environmentId: row.environment_id,
    actorId: row.actor_id,
    kind: row.kind as ChangeKind,
    reason: row.reason,
    data: JSON.parse(row.data) as Record<string, unknown>,
    createdAt: row.created_at,
  }));
  return { changes, count };
}
