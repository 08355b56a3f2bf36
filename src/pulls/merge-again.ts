import { findJobs, getRun } from '../runs/index.ts';
import { mergeWhenApplied } from './automerge.ts';
import type { Choosing } from './choose-plans.ts';
import type { CommandContext, PullDeps } from './deps.ts';
import { selectProjects } from './pull-store.ts';
import { settingsOfRun } from './settings-of-run.ts';

/**
 * Merges a pull request in which everything is applied already, where it is to be merged: the host may have refused when
 * the last apply had ended, and somebody asks again.
 */
export async function mergeAgain(deps: PullDeps, context: CommandContext, { live, command }: Choosing): Promise<void> {
  const { pull } = context.command;
  if (pull.planned?.headSha !== live.headSha || pull.planned.baseBranch !== live.baseBranch) return;
  const record = await selectProjects(deps.db, pull.id);
  const jobs = await findJobs(
    deps.db,
    record.flatMap(({ jobId }) => jobId ?? []),
  );
  const last = [...jobs.values()].at(-1);
  const run = last && (await getRun(deps.db, last.runId));
  if (!run) return;
  await mergeWhenApplied(deps, context, {
    live,
    headSha: pull.planned.headSha,
    baseBranch: pull.planned.baseBranch,
    automerge: command.automerge,
    isConfigured: (await settingsOfRun(deps, run))?.automerge ?? false,
    deleteSourceBranch: [...jobs.values()].some(({ project }) => project.deleteSourceBranchOnMerge),
  });
}
