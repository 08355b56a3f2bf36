import type { Selectable } from 'kysely';
import type { DbHandle, PullStatusesTable, Tx } from '../db/index.ts';
import type { CommitStatus } from '../vcs/index.ts';

type OfHead = { readonly pullId: number; readonly headSha: string };

/** A status as it was wanted last. `isWritten`: the host is known to have it. */
export type KeptStatus = CommitStatus & { readonly isWritten: boolean };

/** The commit statuses of a head, by context. */
export async function selectStatuses(db: DbHandle, { pullId, headSha }: OfHead): Promise<Map<string, KeptStatus>> {
  const rows = await statusQuery(db).where('pull_id', '=', pullId).where('head_sha', '=', headSha).execute();
  return new Map(rows.map((row) => [row.context, toStatus(row)]));
}

export async function selectStatus(
  db: DbHandle,
  { pullId, headSha, context }: OfHead & { readonly context: string },
): Promise<KeptStatus | undefined> {
  const row = await statusQuery(db)
    .where('pull_id', '=', pullId)
    .where('head_sha', '=', headSha)
    .where('context', '=', context)
    .executeTakeFirst();
  return row && toStatus(row);
}

/** Those of any head of a pull request that are pending, or may not have reached the host. */
export async function selectOpenStatuses(
  db: DbHandle,
  pullId: number,
): Promise<{ readonly headSha: string; readonly status: KeptStatus }[]> {
  const rows = await statusQuery(db)
    .where('pull_id', '=', pullId)
    .where(({ or, eb }) => or([eb('state', '=', 'pending'), eb('written_at', 'is', null)]))
    .orderBy('id')
    .execute();
  return rows.map((row) => ({ headSha: row.head_sha, status: toStatus(row) }));
}

/**
 * Forgets what other pull requests of the same head have set: hosts keep statuses by commit, so that theirs are about to be
 * overwritten. They set theirs again when they have something to say.
 */
export async function forgetStatusesOfTwins(
  tx: Tx,
  { repoId, pullId, headSha }: OfHead & { readonly repoId: number },
  contexts: readonly string[],
): Promise<void> {
  const twins = tx.query
    .selectFrom('pulls')
    .select('id')
    .where('repo_id', '=', repoId)
    .where('head_sha', '=', headSha)
    .where('id', '<>', pullId);
  await tx.query
    .deleteFrom('pull_statuses')
    .where('pull_id', 'in', twins)
    .where('head_sha', '=', headSha)
    .where('context', 'in', contexts)
    .execute();
}

/** Notes that a status is about to be set, in place of what was wanted before. */
export async function upsertStatus(
  tx: Tx,
  { pullId, headSha }: OfHead,
  { context, state, description, targetUrl }: CommitStatus,
): Promise<void> {
  const set = { state, description, target_url: targetUrl, written_at: null };
  await tx.query
    .insertInto('pull_statuses')
    .values({ pull_id: pullId, head_sha: headSha, context, ...set })
    .onConflict((conflict) => conflict.columns(['pull_id', 'head_sha', 'context']).doUpdateSet(set))
    .execute();
}

/** Notes that the host has a status; false when another one is wanted meanwhile. */
export async function setStatusWritten(
  db: DbHandle,
  { pullId, headSha }: OfHead,
  { context, state, description, targetUrl, now }: CommitStatus & { readonly now: number },
): Promise<boolean> {
  const noted = await db.query
    .updateTable('pull_statuses')
    .set({ written_at: now })
    .where('pull_id', '=', pullId)
    .where('head_sha', '=', headSha)
    .where('context', '=', context)
    .where('state', '=', state)
    .where('description', '=', description)
    .where('target_url', targetUrl === null ? 'is' : '=', targetUrl)
    .returning('id')
    .executeTakeFirst();
  return noted !== undefined;
}

/** Notes that the host may have another status than the one that is wanted. */
export async function setStatusUnwritten(
  tx: Tx,
  { pullId, headSha, context }: OfHead & { readonly context: string },
): Promise<void> {
  await tx.query
    .updateTable('pull_statuses')
    .set({ written_at: null })
    .where('pull_id', '=', pullId)
    .where('head_sha', '=', headSha)
    .where('context', '=', context)
    .execute();
}

function statusQuery(db: DbHandle) {
  return db.query.selectFrom('pull_statuses').selectAll();
}

function toStatus(row: Selectable<PullStatusesTable>): KeptStatus {
  const { context, description, target_url: targetUrl, written_at } = row;
  const state = row.state as CommitStatus['state'];
  return { context, state, description, targetUrl, isWritten: written_at !== null };
}

export type OwnComment = {
  readonly id: number;
  readonly key: string;
  readonly heading: string;
  readonly bodyDigest: string;
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
    bodyDigest: row.body_digest,
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
    readonly bodyDigest: string;
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
      body_digest: comment.bodyDigest,
      created_at: comment.now,
    })
    .onConflict((conflict) => conflict.columns(['pull_id', 'key']).doNothing())
    .returning('id')
    .executeTakeFirst();
  return made !== undefined;
}

/** Notes that another text is about to be written for a comment that the host turned out not to have. */
export async function setCommentText(
  tx: Tx,
  { pullId, key }: { readonly pullId: number; readonly key: string },
  { heading, bodyDigest }: Pick<OwnComment, 'heading' | 'bodyDigest'>,
): Promise<void> {
  await tx.query
    .updateTable('pull_comments')
    .set({ heading, body_digest: bodyDigest })
    .where('pull_id', '=', pullId)
    .where('key', '=', key)
    .execute();
}

/** Notes the host's id of a comment that is there now. */
export async function setCommentId(
  db: DbHandle,
  { pullId, key }: { readonly pullId: number; readonly key: string },
  commentId: string,
): Promise<void> {
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
