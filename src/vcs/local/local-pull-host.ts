import { baseBranchName } from '../../git/index.ts';
import { PolderError } from '../../lib/errors.ts';
import type { ChangedFiles, Mergeability, PullHost, PullRef } from '../index.ts';
import { currentPull, existingPull, sourceOf, toHostPull } from './current-pull.ts';
import { mergeLocalPull } from './merge-pull.ts';
import { tryMerge } from './merge-trees.ts';
import { readSourceFile } from './read-file.ts';
import { dismissApprovals, selectApprovers } from './review-store.ts';
import { branchTips, changedPaths, mergeBase, moveBranch, workTreeOf } from './source-git.ts';
import { selectPull } from './store.ts';
import {
  addReaction,
  hideAuthorsComments,
  insertComment,
  putStatus,
  selectComments,
  selectStatuses,
  updateComment,
} from './talk-store.ts';
import { type LocalPull, type LocalPullDeps, ownLogin } from './types.ts';

/** The pull requests in the database, of the repositories on this disk. */
export function localPullHost(deps: LocalPullDeps): PullHost {
  const { db, now } = deps;
  return {
    ownLogin: async () => ownLogin,
    getPull: async (ref) => {
      const current = await currentPull(deps, ref);
      return current && toHostPull(deps, current.pull, current.headSha);
    },
    listChangedFiles: (ref) => listChangedFiles(deps, ref),
    getFile: async (fullName, file) => readSourceFile(await sourceOf(deps, fullName), file),
    getApproval: async (ref) => {
      const { pull, headSha } = await existingPull(deps, ref);
      const by = await selectApprovers(db, pull.id, headSha);
      return { approved: by.length > 0, by };
    },
    getMergeability: (ref, ignores) => getMergeability(deps, ref, ignores),
    listTeams: async () => [],
    listComments: async (ref) => {
      const comments = await selectComments(db, (await knownPull(deps, ref)).id);
      return comments.map(({ id, author, body }) => ({ id: String(id), author, body }));
    },
    createComment: async (ref, body) => {
      const { id } = await insertComment(db, (await knownPull(deps, ref)).id, { author: ownLogin, body, now: now() });
      return String(id);
    },
    updateComment: async (ref, { id, body }) => {
      const pull = await knownPull(deps, ref);
      return updateComment(db, { pullId: pull.id, id: Number(id) }, { body, now: now() });
    },
    hideComments: async (ref, ids) => {
      const pull = await knownPull(deps, ref);
      await hideAuthorsComments(db, { pullId: pull.id, author: ownLogin }, ids.map(Number));
    },
    react: async (ref, { commentId, emoji }) => {
      const pull = await knownPull(deps, ref);
      await db.transaction((tx) => addReaction(tx, { pullId: pull.id, id: Number(commentId) }, emoji));
    },
    setStatus: ({ fullName, headSha }, status) => putStatus(db, { fullName, sha: headSha }, { ...status, now: now() }),
    mergePull: (ref, request) => mergeLocalPull(deps, ref, { ...request, by: ownLogin }),
    deleteBranch: (fullName, branch) => deleteBranch(deps, fullName, branch),
    dismissReviews: async (ref, reason) => {
      const pull = await knownPull(deps, ref);
      await dismissApprovals(db, pull.id, { reason, now: now() });
    },
  };
}

async function knownPull(deps: LocalPullDeps, ref: PullRef): Promise<LocalPull> {
  const pull = await selectPull(deps.db, ref);
  if (pull) return pull;
  throw new PolderError('host_refused', `looking up pull request ${ref.number} of ${ref.fullName}: there is none`);
}

async function listChangedFiles(deps: LocalPullDeps, ref: PullRef): Promise<ChangedFiles> {
  const { source, pull, headSha, baseTip } = await existingPull(deps, ref);
  const from = await mergeBase(source, baseTip ?? pull.baseSha, headSha);
  return { paths: await changedPaths(source, from, headSha), complete: true };
}

async function getMergeability(
  deps: LocalPullDeps,
  ref: PullRef,
  ignores: (context: string) => boolean,
): Promise<Mergeability> {
  const { source, pull, headSha, baseTip, headTip } = await existingPull(deps, ref);
  const no = (reason: string): Mergeability => ({ mergeable: false, reason });
  if (pull.state !== 'open') return no(`PR is ${pull.state}`);
  if (pull.draft) return no('PR is a draft');
  if (headTip === undefined || baseTip === undefined) {
    return no(`PR has no branch ${headTip === undefined ? pull.headBranch : pull.baseBranch} any more`);
  }
  const statuses = await selectStatuses(deps.db, { fullName: pull.fullName, sha: headSha });
  const failing = statuses.filter(({ state, context }) => state === 'failure' && !ignores(context));
  if (failing.length > 0) return no(`PR has failing statuses: ${failing.map(({ context }) => context).join(', ')}`);
  if ((await mergeBase(source, baseTip, headSha)) === undefined) return no('PR has no history in common with its base');
  const merge = await tryMerge(source, { ours: baseTip, theirs: headSha });
  return merge.kind === 'clean' ? { mergeable: true } : no('PR has conflicts');
}

async function deleteBranch(deps: LocalPullDeps, fullName: string, given: string): Promise<void> {
  const branch = baseBranchName(given);
  if (branch === undefined) return;
  const source = await sourceOf(deps, fullName);
  const activity = `deleting the branch ${branch} of ${fullName}`;
  for (let attempt = 1; attempt <= 3; attempt += 1) {
    const tip = (await branchTips(source, [branch])).get(branch);
    if (tip === undefined) return;
    const folder = await workTreeOf(source, branch);
    if (folder !== undefined) throw new PolderError('host_refused', `${activity}: it is checked out in ${folder}`);
    if (await moveBranch(source, branch, { from: tip, to: null })) return;
  }
  throw new PolderError('host_refused', `${activity}: it keeps moving`);
}
