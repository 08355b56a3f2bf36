import type { DbHandle, Tx } from '../../db/index.ts';
import { storable } from './storable.ts';

type Review = { readonly login: string; readonly commitSha: string; readonly now: number };

/** Keeps an approval of a commit; one that the person gave before is replaced. */
export async function insertApproval(tx: Tx, pullId: number, { login, commitSha, now }: Review): Promise<void> {
  await dismissApprovals(tx, pullId, { login, reason: 'approved again', now });
  await tx.query
    .insertInto('local_pull_reviews')
    .values({ pull_id: pullId, login, commit_sha: commitSha, created_at: now })
    .execute();
}

/** Takes back the approvals of one person, or of all. */
export async function dismissApprovals(
  db: DbHandle,
  pullId: number,
  { login, reason, now }: { readonly login?: string; readonly reason: string; readonly now: number },
): Promise<void> {
  await db.query
    .updateTable('local_pull_reviews')
    .set({ dismissed_at: now, dismiss_reason: storable(reason) })
    .where('pull_id', '=', pullId)
    .where('dismissed_at', 'is', null)
    .$if(login !== undefined, (query) => query.where('login', '=', login ?? ''))
    .execute();
}

/** Who approved that commit, in the order in which they did. */
export async function selectApprovers(db: DbHandle, pullId: number, commitSha: string): Promise<string[]> {
  const rows = await db.query
    .selectFrom('local_pull_reviews')
    .select('login')
    .where('pull_id', '=', pullId)
    .where('commit_sha', '=', commitSha)
    .where('dismissed_at', 'is', null)
    .orderBy('id')
    .execute();
  return [...new Set(rows.map(({ login }) => login))];
}
