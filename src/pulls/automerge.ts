import type { Automerge } from '../commands/index.ts';
import { notices, type ProjectStatus } from '../comments/index.ts';
import { isPolderError } from '../lib/errors.ts';
import { isLoginRefused, type MergeMethod, type MergeResult, mergeMethods, type Pull } from '../vcs/index.ts';
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
  if (!wish.isConfigured || wish.automerge.kind === 'disabled') return;
  const record = await selectProjects(deps.db, context.command.pull.id);
  if (!isAllApplied(record.map(({ status }) => status))) return;
  const merged = await merge(deps, context, wish).catch(refusedMerge);
  if (merged === undefined) return;
  if (merged.kind === 'refused') {
    return reply(deps, context, { key: 'merge', body: notices.automergeFailed(merged.message) });
  }
  await reply(deps, context, { key: 'merge', body: notices.automerged() });
  if (wish.deleteSourceBranch && wish.live.headRepo?.fullName === context.ref.fullName) {
    await deleteBranch(deps, context, wish.live.headBranch);
  }
}

/** Undefined where it is to stay open: applies take their time, and somebody may have said so meanwhile. */
async function merge(
  { pullSettings }: Pick<PullDeps, 'pullSettings'>,
  { host, pulls, ref }: Pick<CommandContext, 'host' | 'pulls' | 'ref'>,
  { automerge, baseBranch, headSha }: MergeWish,
): Promise<MergeResult | undefined> {
  const { disableAutomergeLabel: label, automergeMethod } = pullSettings;
  const now = await pulls.getPull(ref);
  if (!now || (label !== '' && now.labels.includes(label))) return undefined;
  if (now.baseBranch !== baseBranch) {
    const [applied, wanted] = [baseBranch, now.baseBranch].map((branch) => JSON.stringify(branch));
    return { kind: 'refused', message: `it was applied for the base branch ${applied}, and is for ${wanted} by now` };
  }
  return pulls.mergePull(ref, {
    headSha,
    method: methodOf(automerge.kind === 'method' ? automerge.method : automergeMethod),
    title: host.capabilities.mergeTitle?.replace('<number>', String(ref.number)) ?? null,
  });
}

/** What the host says no to on the way there is no fault of the apply, which has happened. */
function refusedMerge(error: unknown): MergeResult {
  if (!isPolderError(error, 'host_refused') || isLoginRefused(error)) throw error;
  return { kind: 'refused', message: error.message };
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
