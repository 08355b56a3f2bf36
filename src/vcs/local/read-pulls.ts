import type { DbHandle } from '../../db/index.ts';
import type { CommitStatus, PullRef } from '../index.ts';
import { currentPull } from './current-pull.ts';
import { findRepository } from './find-repository.ts';
import { mergeProblem } from './merge-problem.ts';
import { selectApprovers } from './review-store.ts';
import { type PullFilter, selectPull, selectPulls } from './store.ts';
import { selectComments, selectStatuses } from './talk-store.ts';
import type { LocalComment, LocalPull, LocalPullDeps } from './types.ts';

/** Newest first. */
export async function listLocalPulls(db: DbHandle, filter: PullFilter): Promise<LocalPull[]> {
  return selectPulls(db, filter);
}

/** A pull request as it is at this moment. */
export type LocalPullDetails = {
  readonly pull: LocalPull;
  /** Where its branch is now. */
  readonly headSha: string;
  /** Who approved that commit. */
  readonly approvedBy: readonly string[];
  /** Of that commit. */
  readonly statuses: readonly CommitStatus[];
  /** Why it could not be merged now, whatever its statuses; null when it could. */
  readonly mergeProblem: string | null;
};

/** Undefined when there is none of that number. */
export async function readLocalPull(
  deps: Pick<LocalPullDeps, 'db' | 'git' | 'reposDir'>,
  ref: PullRef,
): Promise<LocalPullDetails | undefined> {
  const pull = await selectPull(deps.db, ref);
  if (!pull) return undefined;
  const isThere = (await findRepository(deps.reposDir, pull.fullName)) !== undefined;
  const current = isThere ? await currentPull(deps, ref) : undefined;
  const headSha = current?.headSha ?? pull.headSha;
  return {
    pull: current?.pull ?? pull,
    headSha,
    approvedBy: await selectApprovers(deps.db, pull.id, headSha),
    statuses: await selectStatuses(deps.db, { fullName: pull.fullName, sha: headSha }),
    mergeProblem: current ? ((await mergeProblem(current)) ?? null) : 'PR has no repository any more',
  };
}

/** Oldest first, those after the comment of the id `after`; undefined when there is no such pull request. */
export async function listLocalComments(
  db: DbHandle,
  ref: PullRef,
  page: { readonly after?: number; readonly limit?: number },
): Promise<LocalComment[] | undefined> {
  const pull = await selectPull(db, ref);
  return pull && selectComments(db, pull.id, page);
}
