import type { Tx } from '../../db/index.ts';
import type { PullRef, VcsEvent } from '../index.ts';
import { currentPull, toHostPull } from './current-pull.ts';
import { findRepository } from './find-repository.ts';
import { mergeLocalPull } from './merge-pull.ts';
import { dismissApprovals, insertApproval } from './review-store.ts';
import { endPull, selectPull, updateOpenPull } from './store.ts';
import { insertComment } from './talk-store.ts';
import type { LocalComment, LocalPull, LocalPullDeps, PullRefusal } from './types.ts';

/** Adds a comment, and delivers it in the same transaction. Ended pull requests may be commented on, too. */
export async function commentOnLocalPull(
  deps: LocalPullDeps,
  ref: PullRef,
  { author, body }: { readonly author: string; readonly body: string },
): Promise<{ readonly kind: 'commented'; readonly comment: LocalComment; readonly event: VcsEvent } | PullRefusal> {
  const now = deps.now();
  return deps.db.transaction(async (tx) => {
    const pull = await selectPull(tx, ref);
    if (!pull) return noPull(ref);
    const comment = await insertComment(tx, pull.id, { author, body, now });
    const event: VcsEvent = {
      kind: 'comment',
      ...happened(pull, author),
      pullNumber: pull.number,
      comment: { id: String(comment.id), body: comment.body, author, byBot: false },
    };
    await deps.deliver(tx, event);
    return { kind: 'commented', comment, event };
  });
}

/** `event`: what was delivered with it; null when nothing has changed. */
export type PullChanged = { readonly kind: 'done'; readonly event: VcsEvent | null } | PullRefusal;

/** Closes without merging, also when the repository is gone. One that is closed stays so. */
export async function closeLocalPull(deps: LocalPullDeps, ref: PullRef, by: string): Promise<PullChanged> {
  const pull = await selectPull(deps.db, ref);
  if (!pull) return noPull(ref);
  const isThere = (await findRepository(deps.reposDir, pull.fullName)) !== undefined;
  const headSha = (isThere ? await currentPull(deps, ref) : undefined)?.headSha ?? pull.headSha;
  const end = { state: 'closed', by, at: deps.now(), headSha } as const;
  return deps.db.transaction(async (tx) => {
    if (await endPull(tx, pull.id, end)) {
      const event = { ...happened(pull, by), kind: 'pull_closed', pullNumber: pull.number, merged: false } as const;
      return delivered(deps, tx, event);
    }
    const now = await selectPull(tx, ref);
    return now?.state === 'merged' ? conflict(`pull request ${pull.number} is merged`) : { kind: 'done', event: null };
  });
}

/** Makes a draft ready; then it is as if it had just been opened. */
export async function readyLocalPull(deps: LocalPullDeps, ref: PullRef, by: string): Promise<PullChanged> {
  return deps.db.transaction(async (tx) => {
    const pull = await selectPull(tx, ref);
    if (!pull) return noPull(ref);
    if (pull.state !== 'open') return ended(pull);
    if (!pull.draft || !(await updateOpenPull(tx, pull, { draft: false }))) return { kind: 'done', event: null };
    const ready = toHostPull(deps, { ...pull, draft: false });
    return delivered(deps, tx, { ...happened(pull, by), kind: 'pull_opened', pull: ready });
  });
}

export type Approval = {
  readonly by: string;
  /** The commit that was looked at; null: whatever the head is now. */
  readonly sha: string | null;
};

/** Approves the head as it is. Commits that are pushed later are not approved by it. */
export async function approveLocalPull(
  deps: LocalPullDeps,
  ref: PullRef,
  { by, sha }: Approval,
): Promise<{ readonly kind: 'approved'; readonly sha: string } | PullRefusal> {
  const current = await currentPull(deps, ref);
  if (!current) return noPull(ref);
  const { pull, headSha } = current;
  if (pull.state !== 'open') return ended(pull);
  if (sha !== null && sha !== headSha) return conflict(`${pull.headBranch} is at ${headSha}, and not at ${sha}`);
  await deps.db.transaction((tx) => insertApproval(tx, pull.id, { login: by, commitSha: headSha, now: deps.now() }));
  return { kind: 'approved', sha: headSha };
}

/** Takes back whatever that person approved. */
export async function takeBackApproval(
  deps: LocalPullDeps,
  ref: PullRef,
  by: string,
): Promise<{ readonly kind: 'taken_back' } | PullRefusal> {
  const pull = await selectPull(deps.db, ref);
  if (!pull) return noPull(ref);
  await dismissApprovals(deps.db, pull.id, { login: by, reason: 'taken back', now: deps.now() });
  return { kind: 'taken_back' };
}

/** Merges for a person; what forbids it is a conflict. */
export async function mergeForPerson(
  deps: LocalPullDeps,
  ref: PullRef,
  request: Parameters<typeof mergeLocalPull>[2],
): Promise<{ readonly kind: 'merged' } | PullRefusal> {
  if (!(await selectPull(deps.db, ref))) return noPull(ref);
  const result = await mergeLocalPull(deps, ref, request);
  return result.kind === 'merged' ? result : conflict(result.message);
}

async function delivered(deps: LocalPullDeps, tx: Tx, event: VcsEvent): Promise<PullChanged> {
  await deps.deliver(tx, event);
  return { kind: 'done', event };
}

function happened({ fullName }: LocalPull, sender: string) {
  return { deliveryId: null, repoFullName: fullName, sender };
}

function noPull({ fullName, number }: PullRef): PullRefusal {
  return { kind: 'refused', reason: 'not_found', message: `${fullName} has no pull request ${number}` };
}

function ended({ number, state }: LocalPull): PullRefusal {
  return conflict(`pull request ${number} is ${state}`);
}

function conflict(message: string): PullRefusal {
  return { kind: 'refused', reason: 'conflict', message };
}
