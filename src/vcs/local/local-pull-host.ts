import { baseBranchName } from '../../git/index.ts';
import { PolderError } from '../../lib/errors.ts';
import type { ChangedFiles, Mergeability, PullHost, PullRef } from '../index.ts';
import { existingPull, sourceOf, toHostPull } from './current-pull.ts';
import { fewOf } from './make-commit.ts';
import { mergeProblem } from './merge-problem.ts';
import { mergeLocalPull } from './merge-pull.ts';
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
import { type LocalPull, type LocalPullDeps, localLogin } from './types.ts';

/** The pull requests in the database, of the repositories on this disk. */
export function localPullHost(deps: LocalPullDeps): PullHost {
  const { db, now } = deps;
  return {
    ownLogin: async () => localLogin,
    getPull: async (ref) => {
      const pull = await selectPull(db, ref);
      // Of one that is ended nothing is asked of the repository, which may be gone.
      if (pull?.state !== 'open') return pull && toHostPull(deps, pull);
      const { headSha } = await existingPull(deps, ref);
      return toHostPull(deps, pull, headSha);
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
      const { id } = await insertComment(db, (await knownPull(deps, ref)).id, { author: localLogin, body, now: now() });
      return String(id);
    },
    updateComment: async (ref, { id, body }) => {
      const pull = await knownPull(deps, ref);
      return updateComment(db, { pullId: pull.id, id: Number(id) }, { body, now: now() });
    },
    hideComments: async (ref, ids) => {
      const pull = await knownPull(deps, ref);
      await hideAuthorsComments(db, { pullId: pull.id, author: localLogin }, ids.map(Number));
    },
    react: async (ref, { commentId, emoji }) => {
      const pull = await knownPull(deps, ref);
      await db.transaction((tx) => addReaction(tx, { pullId: pull.id, id: Number(commentId) }, emoji));
    },
    setStatus: ({ fullName, headSha }, status) => putStatus(db, { fullName, sha: headSha }, { ...status, now: now() }),
    mergePull: (ref, request) => mergeLocalPull(deps, ref, { ...request, by: localLogin }),
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
  const current = await existingPull(deps, ref);
  const key = { fullName: ref.fullName, sha: current.headSha };
  const statuses = await selectStatuses(deps.db, key);
  const failing = statuses.filter(({ state, context }) => state === 'failure' && !ignores(context));
  const reason =
    failing.length > 0
      ? `PR has failing statuses: ${fewOf(failing.map(({ context }) => context))}`
      : await mergeProblem(current);
  return reason === undefined ? { mergeable: true } : { mergeable: false, reason };
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
