import type { Automerge } from '../commands/index.ts';
import { notices, type ProjectStatus } from '../comments/index.ts';
import { isPolderError } from '../lib/errors.ts';
import { type MergeMethod, mergeMethods, type Pull } from '../vcs/index.ts';
import type { CommandContext, PullDeps } from './deps.ts';
import type { CommentDeps } from './post-comment.ts';
import { selectProjects } from './pull-store.ts';
import { reply } from './reply.ts';

export type MergeWish = {
  readonly live: Pull;
  /** The commit that was applied. A push since then is merged by nobody who has not seen its plan. */
  readonly headSha: string;
  /** The branch that it was applied for. */
  readonly baseBranch: string;
  readonly automerge: Automerge;
  /** What the repository, or else the server, says. */
  readonly isConfigured: boolean;
  readonly deleteSourceBranch: boolean;
};

/**
 * Merges a pull request when everything in it is applied, something at least, and then says so: a merge that is refused
 * has not happened. https://www.runatlantis.io/docs/automerging
 */
export async function mergeWhenApplied(
  deps: CommentDeps & Pick<PullDeps, 'pullSettings'>,
  context: Pick<CommandContext, 'task' | 'host' | 'command' | 'pulls' | 'ref'>,
  wish: MergeWish,
): Promise<void> {
  const { disableAutomergeLabel: label, automergeMethod } = deps.pullSettings;
  if (!wish.isConfigured || wish.automerge.kind === 'disabled') return;
  const record = await selectProjects(deps.db, context.command.pull.id);
  if (!isAllApplied(record.map(({ status }) => status))) return;
  // Applies take their time: somebody may have said meanwhile that it is to stay open, or to go elsewhere.
  const now = await context.pulls.getPull(context.ref);
  if (!now || (label !== '' && now.labels.includes(label))) return;
  if (now.baseBranch !== wish.baseBranch) {
    const [applied, wanted] = [wish.baseBranch, now.baseBranch].map((branch) => JSON.stringify(branch));
    const reason = `it was applied for the base branch ${applied}, and is for ${wanted} by now`;
    return reply(deps, context, { key: 'merge', body: notices.automergeFailed(reason) });
  }
  const method = wish.automerge.kind === 'method' ? wish.automerge.method : automergeMethod;
  const merged = await context.pulls.mergePull(context.ref, {
    headSha: wish.headSha,
    method: methodOf(method),
    title: context.host.capabilities.mergeTitle?.replace('<number>', String(context.ref.number)) ?? null,
  });
  if (merged.kind === 'refused') {
    return reply(deps, context, { key: 'merge', body: notices.automergeFailed(merged.message) });
  }
  await reply(deps, context, { key: 'merge', body: notices.automerged() });
  if (wish.deleteSourceBranch && wish.live.headRepo?.fullName === context.ref.fullName) {
    await deleteBranch(deps, context, wish.live.headBranch);
  }
}

/** The apply and the merge have happened: a branch that the host keeps, such as a protected one, is no fault of theirs. */
async function deleteBranch(
  { log }: Pick<CommentDeps, 'log'>,
  { pulls, ref }: Pick<CommandContext, 'pulls' | 'ref'>,
  branch: string,
): Promise<void> {
  await pulls.deleteBranch(ref.fullName, branch).catch((error: unknown) => {
    if (!isPolderError(error, 'host_refused')) throw error;
    log.warn({ err: error, repo: ref.fullName, branch }, 'the branch of a merged pull request could not be deleted');
  });
}

function isAllApplied(record: readonly ProjectStatus[]): boolean {
  return record.length > 0 && record.every((status) => status === 'applied');
}

/** Null leaves it to the host. */
function methodOf(text: string): MergeMethod | null {
  return mergeMethods.find((method) => method === text) ?? null;
}
