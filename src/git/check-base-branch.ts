import { baseBranchName, needsBaseBranch } from './check-ref.ts';
import { isAncestor } from './commit-graph.ts';
import { type ResolvedRef, resolveRef } from './resolve-ref.ts';
import type { GitDeps } from './types.ts';

export type BaseBranchCheck =
  /** The base branch of the run. */
  | { readonly kind: 'ok'; readonly baseBranch: string }
  /** A whole sentence for whoever sent the ref. */
  | { readonly kind: 'refused'; readonly message: string };

export type BaseBranchQuestion = {
  readonly repoId: number;
  /** As sent. */
  readonly ref: string;
  readonly resolved: ResolvedRef;
  /** As sent; null or empty when none was. */
  readonly baseBranch: string | null;
};

/**
 * Decides on the base branch of a run that no pull request gives one. For a branch it says which branch the run is
 * meant for, and no more. A commit, a tag or a word that could be either must be part of the base branch's history:
 * anybody may be able to put such a commit into the repository, but not into that branch.
 */
export async function checkBaseBranch(deps: GitDeps, question: BaseBranchQuestion): Promise<BaseBranchCheck> {
  const { repoId, ref, resolved } = question;
  const own = resolved.ref.kind === 'branch' ? resolved.ref.name : undefined;
  if (question.baseBranch === null || question.baseBranch === '') {
    if (own !== undefined) return { kind: 'ok', baseBranch: own };
    return refused('base_branch is required when ref is a commit SHA, tag, or ambiguous bare ref');
  }
  const quoted = JSON.stringify(question.baseBranch);
  const baseBranch = baseBranchName(question.baseBranch);
  if (baseBranch === undefined) return refused(`invalid API base_branch ${quoted}`);
  const base = await resolveRef(deps, repoId, `refs/heads/${baseBranch}`);
  if (base.kind !== 'commit') return refused(`verifying API base branch ${quoted}: the repository has no such branch`);
  const mustBeReachable = own === undefined || needsBaseBranch(ref);
  if (!mustBeReachable || (await isAncestor(deps, repoId, { ancestor: resolved.sha, descendant: base.sha }))) {
    return { kind: 'ok', baseBranch };
  }
  return refused(
    `checked out API ref ${JSON.stringify(ref)} at commit ${resolved.sha} is not reachable from base_branch ${quoted}`,
  );
}

function refused(message: string): { kind: 'refused'; message: string } {
  return { kind: 'refused', message };
}
