import type { Selectable } from 'kysely';
import type { DbHandle, LocalPullCommentsTable, Tx } from '../../db/index.ts';
import type { CommitStatus } from '../index.ts';
import { storable } from './storable.ts';
import type { LocalComment } from './types.ts';

export type NewComment = { readonly author: string; readonly body: string; readonly now: number };

export async function insertComment(db: DbHandle, pullId: number, comment: NewComment): Promise<LocalComment> {
  const { author, body, now } = comment;
  const row = await db.query
    .insertInto('local_pull_comments')
    .values({ pull_id: pullId, author, body: storable(body), created_at: now, updated_at: now })
    .returningAll()
    .executeTakeFirstOrThrow();
  return toComment(row);
}

/** Oldest first, from those above the id `after`. */
export async function selectComments(
  db: DbHandle,
  pullId: number,
  page: { readonly after?: number; readonly limit?: number } = {},
): Promise<LocalComment[]> {
  const rows = await db.query
    .selectFrom('local_pull_comments')
    .selectAll()
    .where('pull_id', '=', pullId)
    .where('id', '>', page.after ?? 0)
    .$if(page.limit !== undefined, (query) => query.limit(page.limit ?? 0))
    .orderBy('id')
    .execute();
  return rows.map(toComment);
}

type CommentKey = { readonly pullId: number; readonly id: number };

/** False when there is no such comment. */
export async function updateComment(
  db: DbHandle,
  { pullId, id }: CommentKey,
  change: { readonly body: string; readonly now: number },
): Promise<boolean> {
  const { numUpdatedRows } = await db.query
    .updateTable('local_pull_comments')
    .set({ body: storable(change.body), updated_at: change.now })
    .where('pull_id', '=', pullId)
    .where('id', '=', id)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

export async function hideAuthorsComments(
  db: DbHandle,
  { pullId, author }: { readonly pullId: number; readonly author: string },
  ids: readonly number[],
): Promise<void> {
  if (ids.length === 0) return;
  await db.query
    .updateTable('local_pull_comments')
    .set({ hidden: 1 })
    .where('pull_id', '=', pullId)
    .where('author', '=', author)
    .where('id', 'in', ids)
    .execute();
}

/** Adds the reaction unless it is there; does nothing when there is no such comment. */
export async function addReaction(tx: Tx, { pullId, id }: CommentKey, emoji: string): Promise<void> {
  const query = tx.query
    .selectFrom('local_pull_comments')
    .select('reactions')
    .where('pull_id', '=', pullId)
    .where('id', '=', id);
  const row = await (tx.engine.rowLocks ? query.forUpdate() : query).executeTakeFirst();
  if (!row) return;
  const reactions = new Set(JSON.parse(row.reactions) as string[]).add(storable(emoji));
  await tx.query
    .updateTable('local_pull_comments')
    .set({ reactions: JSON.stringify([...reactions]) })
    .where('id', '=', id)
    .execute();
}

function toComment(row: Selectable<LocalPullCommentsTable>): LocalComment {
  return {
    id: row.id,
    author: row.author,
    body: row.body,
    hidden: row.hidden === 1,
    reactions: JSON.parse(row.reactions) as string[],
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

type CommitKey = { readonly fullName: string; readonly sha: string };

export async function putStatus(
  db: DbHandle,
  { fullName, sha }: CommitKey,
  { now, ...status }: CommitStatus & { readonly now: number },
): Promise<void> {
  const values = {
    state: status.state,
    description: storable(status.description),
    target_url: status.targetUrl,
    updated_at: now,
  };
  await db.query
    .insertInto('local_pull_statuses')
    .values({ full_name: fullName, sha, context: storable(status.context), ...values })
    .onConflict((conflict) => conflict.columns(['full_name', 'sha', 'context']).doUpdateSet(values))
    .execute();
}

/** By context. */
export async function selectStatuses(db: DbHandle, { fullName, sha }: CommitKey): Promise<CommitStatus[]> {
  const rows = await db.query
    .selectFrom('local_pull_statuses')
    .selectAll()
    .where('full_name', '=', fullName)
    .where('sha', '=', sha)
    .orderBy('context')
    .execute();
  return rows.map((row) => ({
    context: row.context,
    state: row.state as CommitStatus['state'],
    description: row.description,
    targetUrl: row.target_url,
  }));
}
