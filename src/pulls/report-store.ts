import type { DbHandle } from '../db/index.ts';
import type { CommitStatus } from '../vcs/index.ts';

type OfHead = { readonly pullId: number; readonly headSha: string };

/** The commit statuses of a head as they were last set, by context. */
export async function selectStatuses(db: DbHandle, { pullId, headSha }: OfHead): Promise<Map<string, CommitStatus>> {
  const rows = await db.query
    .selectFrom('pull_statuses')
    .selectAll()
    .where('pull_id', '=', pullId)
    .where('head_sha', '=', headSha)
    .execute();
  return new Map(
    rows.map((row) => {
      const { context, description, target_url: targetUrl } = row;
      return [context, { context, state: row.state as CommitStatus['state'], description, targetUrl }];
    }),
  );
}

export async function upsertStatus(
  db: DbHandle,
  { pullId, headSha }: OfHead,
  status: CommitStatus & { readonly now: number },
): Promise<void> {
  const { state, description, targetUrl: target_url, now: written_at } = status;
  const set = { state, description, target_url, written_at };
  await db.query
    .insertInto('pull_statuses')
    .values({ pull_id: pullId, head_sha: headSha, context: status.context, ...set })
    .onConflict((conflict) => conflict.columns(['pull_id', 'head_sha', 'context']).doUpdateSet(set))
    .execute();
}

export type OwnComment = {
  readonly id: number;
  readonly key: string;
  readonly heading: string;
  /** The host's id; null while it may be there or not. */
  readonly commentId: string | null;
  readonly hidden: boolean;
};

/** Our comments on a pull request, oldest first. */
export async function selectComments(db: DbHandle, pullId: number): Promise<OwnComment[]> {
  const rows = await db.query
    .selectFrom('pull_comments')
    .selectAll()
    .where('pull_id', '=', pullId)
    .orderBy('id')
    .execute();
  return rows.map((row) => ({
    id: row.id,
    key: row.key,
    heading: row.heading,
    commentId: row.comment_id,
    hidden: row.hidden_at !== null,
  }));
}

/** Notes that a comment is about to be written. False when that was noted before. */
export async function insertComment(
  db: DbHandle,
  comment: {
    readonly pullId: number;
    readonly commandId: number | null;
    readonly key: string;
    readonly heading: string;
    readonly now: number;
  },
): Promise<boolean> {
  const made = await db.query
    .insertInto('pull_comments')
    .values({
      pull_id: comment.pullId,
      command_id: comment.commandId,
      key: comment.key,
      heading: comment.heading,
      created_at: comment.now,
    })
    .onConflict((conflict) => conflict.columns(['pull_id', 'key']).doNothing())
    .returning('id')
    .executeTakeFirst();
  return made !== undefined;
}

export async function setCommentId(db: DbHandle, pullId: number, key: string, commentId: string): Promise<void> {
  await db.query
    .updateTable('pull_comments')
    .set({ comment_id: commentId })
    .where('pull_id', '=', pullId)
    .where('key', '=', key)
    .execute();
}

export async function setHidden(db: DbHandle, ids: readonly number[], now: number): Promise<void> {
  if (ids.length === 0) return;
  await db.query.updateTable('pull_comments').set({ hidden_at: now }).where('id', 'in', ids).execute();
}
