import { type MergeRequest, type MergeResult, mergeMethods, type PullRef } from '../index.ts';
import { buildMerge } from './build-merge.ts';
import { type CurrentPull, currentPull } from './current-pull.ts';
import { moveBranch, workTreeOf } from './source-git.ts';
import { endPull } from './store.ts';
import type { LocalPullDeps } from './types.ts';

export type LocalMerge = Omit<MergeRequest, 'headSha'> & {
  /** null: whatever it is now. */
  readonly headSha: string | null;
  readonly by: string;
};

/**
 * Merges in the repository, and marks the pull request as merged. A branch that a work tree has checked out is not
 * moved, since its files would no longer be those of its commit: what git does for a push (git-config(1),
 * `receive.denyCurrentBranch`). May be repeated, also after a crash in between.
 */
export async function mergeLocalPull(deps: LocalPullDeps, ref: PullRef, request: LocalMerge): Promise<MergeResult> {
  const current = await currentPull(deps, ref);
  if (!current) return refused(`there is no pull request ${ref.number}`);
  if (current.pull.state === 'merged') return { kind: 'merged' };
  const problem = problemOf(current, request) ?? (await checkOutProblem(current));
  if (problem !== undefined) return refused(problem);
  const moved = await moveBase(deps, current, request);
  if (moved.kind === 'refused') return refused(moved.message);
  await markMerged(deps, current, { by: request.by, mergeSha: moved.kind === 'commit' ? moved.sha : null });
  return { kind: 'merged' };
}

function problemOf({ pull, headTip, baseTip }: CurrentPull, { headSha }: LocalMerge): string | undefined {
  const { headBranch, baseBranch } = pull;
  if (pull.state === 'closed') return 'it is closed';
  if (pull.draft) return 'it is a draft';
  if (baseTip === undefined) return `its base branch ${baseBranch} is gone`;
  if (headTip === undefined) return `its branch ${headBranch} is gone`;
  if (headSha === null || headSha === headTip) return undefined;
  return `its branch ${headBranch} is at ${headTip}, and no longer at ${headSha}`;
}

async function checkOutProblem({ pull, source }: CurrentPull): Promise<string | undefined> {
  const folder = await workTreeOf(source, pull.baseBranch);
  if (folder === undefined) return undefined;
  return `${pull.baseBranch} is checked out in ${folder}, and its files would not follow: switch to another branch there first`;
}

type Moved = Awaited<ReturnType<typeof buildMerge>>;

async function moveBase(deps: LocalPullDeps, current: CurrentPull, request: LocalMerge): Promise<Moved> {
  const { pull, source, headSha } = current;
  const { baseBranch, headBranch, number, title } = pull;
  const base = current.baseTip ?? '';
  const method = request.method ?? mergeMethods[0];
  const isMergeCommit = method === 'merge';
  const built = await buildMerge(source, {
    method,
    base,
    head: headSha,
    title:
      request.title ?? (isMergeCommit ? `Merge pull request #${number} from ${headBranch}` : `${title} (#${number})`),
    body: isMergeCommit && request.title === null ? title : '',
    by: request.by,
    at: deps.now(),
  });
  if (built.kind !== 'commit') return built;
  if (await moveBranch(source, baseBranch, { from: base, to: built.sha })) return built;
  return { kind: 'refused', message: `${baseBranch} has moved meanwhile` };
}

async function markMerged(
  deps: LocalPullDeps,
  { pull, headSha }: CurrentPull,
  { by, mergeSha }: { readonly by: string; readonly mergeSha: string | null },
): Promise<void> {
  const { fullName, number, id } = pull;
  await deps.db.transaction(async (tx) => {
    if (!(await endPull(tx, id, { state: 'merged', by, at: deps.now(), headSha, mergeSha }))) return;
    const happened = { deliveryId: null, repoFullName: fullName, sender: by };
    await deps.deliver(tx, { ...happened, kind: 'pull_closed', pullNumber: number, merged: true });
  });
}

function refused(reason: string): MergeResult {
  return { kind: 'refused', message: `merging pull request: ${reason}` };
}
