import type { CommentCommand } from '../commands/index.ts';
import type { CommandResult } from '../comments/index.ts';
import { allEnded } from '../lib/all-ended.ts';
import { jobOutputs, plansOfPull, type RunWithJobs, releasePullCheckouts } from '../runs/index.ts';
import type { Pull } from '../vcs/index.ts';
import { acceptForPull } from './accept.ts';
import { isUntargeted, targetOf } from './command-target.ts';
import type { CommandContext, PullDeps } from './deps.ts';
import type { EarlyFetch } from './fetch-pull.ts';
import { followRun } from './follow-run.ts';
import { allCameOut, dropPlans, forgetPlans } from './forget-plans.ts';
import { isLeftBehind } from './left-behind.ts';
import { reportResult } from './report-result.ts';
import { lockUrls, projectReports, rejectedResult } from './result-view.ts';
import { combinedFailed, combinedStarted, givenUp, noProjectStatuses, projectStatuses } from './run-statuses.ts';
import { type SelectedOnPull, selectOnPull } from './select-on-pull.ts';
import { settingsOfRun } from './settings-of-run.ts';
import { statusNames } from './status-names.ts';
import { tellPlans } from './tell-plans.ts';
import type { CommandFacts } from './types.ts';
import { writeStatuses } from './write-statuses.ts';

type PlanComment = Extract<CommentCommand, { kind: 'plan' }>;

/** `command` is null for a plan that nobody asked for in a comment. */
export type Planning = {
  readonly live: Pull;
  readonly command: PlanComment | null;
  readonly early?: EarlyFetch | undefined;
};

/** Plans what the pull request touches, or what the comment names. Null, or why nothing ran. */
export async function planPull(deps: PullDeps, context: CommandContext, planning: Planning): Promise<string | null> {
  if (context.command.runId !== null)
    return reportPlan(deps, context, { ...planning, ...context.command.facts, runId: context.command.runId });
  const { live, command, early } = planning;
  const [selected] = await Promise.all([
    selectOnPull(deps, context.command.pull.repo, {
      live,
      target: command ? targetOf(command.selection) : { kind: 'autoplan' },
      restrictFileList: deps.pullSettings.restrictFileList,
      signal: context.signal,
      early,
    }),
    releaseOutdated(deps, context, live),
  ]);
  if (selected.kind === 'ignored') return selected.note;
  const isPlanned = selected.kind === 'selected' && selected.projects.length > 0;
  if (command || isPlanned) await discardApprovals(deps, context);
  if (selected.kind === 'rejected') return refuse(deps, context, { ...planning, why: selected });
  if (selected.projects.length === 0) return planNothing(deps, context, { ...planning, selected });
  const facts = {
    removedDirs: selected.removedDirs,
    mergedAgain: await isMergedAgain(deps, context, { live, selected }),
  };
  const accepted = await acceptForPull(deps, context, {
    live,
    command: { kind: 'plan', extraArgs: command?.extraArgs ?? [] },
    commitSha: selected.commitSha,
    mergedInto: selected.mergedInto,
    jobs: selected.projects.map((project) => ({ project, planId: null })),
    order: { parallel: selected.repo.parallelPlan, abortOnFail: selected.repo.abortOnExecutionOrderFail },
    facts,
  });
  if (accepted.kind === 'rejected') return refuse(deps, context, { ...planning, why: accepted });
  return reportPlan(deps, context, { ...planning, ...facts, runId: accepted.runId });
}

/** Who approved has not seen what is planned now, whether somebody asked for it or pushed. */
async function discardApprovals(deps: PullDeps, { host, pulls, ref }: CommandContext): Promise<void> {
  if (!deps.pullSettings.discardApprovalOnPlan || !host.capabilities.dismissReviews) return;
  await pulls.dismissReviews(ref, 'Dismissing reviews because of plan changes');
}

/** Checkouts of an earlier head are of no use any more; given back while others are asked, one serves the new head. */
async function releaseOutdated(deps: PullDeps, { command }: CommandContext, live: Pull): Promise<void> {
  const { planned, repo, number } = command.pull;
  if (planned && planned.headSha !== live.headSha) {
    await releasePullCheckouts(deps, { repoId: repo.id, pullNumber: number });
  }
}

/**
 * A wish that cannot be understood is answered and changes nothing else, so that a slip does not turn the status of good
 * plans red; when it is the repository that cannot be understood, the status says so too.
 */
async function refuse(
  deps: PullDeps,
  context: CommandContext,
  { live, command, why }: Planning & { readonly why: Parameters<typeof rejectedResult>[0] },
): Promise<string> {
  if (command === null || isUntargeted(command.selection)) {
    const failed = combinedFailed(statusNames(deps.pullSettings), 'plan');
    await writeStatuses(deps, { ...context, pull: context.command.pull, headSha: live.headSha }, [failed]);
  }
  await reportResult(deps, context, { command: 'plan', asked: command, result: rejectedResult(why) });
  return why.message;
}

/** Nothing is planned any more that was before, and nothing is left to be applied. */
async function planNothing(
  deps: PullDeps,
  context: CommandContext,
  { live, command, selected }: Planning & { readonly selected: Extract<SelectedOnPull, { kind: 'selected' }> },
): Promise<string> {
  const { pull } = context.command;
  const { silenceNoProjects, silenceVcsStatusNoPlans, silenceVcsStatusNoProjects } = deps.pullSettings;
  const isWhole = command === null || isUntargeted(command.selection);
  if (isWhole) await forgetPlans(deps, context, live);
  const { removedDirs } = selected;
  const isTold = removedDirs.length > 0 || (command !== null && !silenceNoProjects);
  const result: CommandResult = { kind: 'ran', projects: [], plansDeleted: false, removedDirs };
  if (isTold) await reportResult(deps, context, { command: 'plan', asked: command, result });
  const isSilent =
    (silenceVcsStatusNoProjects && (command === null || silenceNoProjects)) ||
    (command === null && silenceVcsStatusNoPlans);
  const names = statusNames(deps.pullSettings);
  if (!isSilent && isWhole && removedDirs.length === 0) {
    await writeStatuses(deps, { ...context, pull, headSha: live.headSha }, noProjectStatuses(names));
  }
  return 'no project is touched';
}

/** Whether the plans that the pull request has at this head were made on another commit of the base branch. */
async function isMergedAgain(
  deps: PullDeps,
  { command }: CommandContext,
  of: { readonly live: Pull; readonly selected: Extract<SelectedOnPull, { kind: 'selected' }> },
): Promise<boolean> {
  const { pull } = command;
  if (of.selected.mergedInto === null || pull.planned?.headSha !== of.live.headSha) return false;
  const plans = await plansOfPull(deps.db, { repoId: pull.repo.id, pullNumber: pull.number });
  return plans.some(({ commitSha }) => commitSha !== of.selected.commitSha);
}

async function reportPlan(
  deps: PullDeps,
  context: CommandContext,
  { live, command, runId, removedDirs = [], mergedAgain = false }: Planning & CommandFacts & { readonly runId: number },
): Promise<null> {
  const run = await followRun(deps, context, { runId, command: 'plan' });
  const outputs = await jobOutputs(deps.db, run.id);
  const names = statusNames(deps.pullSettings);
  const target = { ...context, pull: context.command.pull, headSha: run.pull?.headSha ?? run.commitSha };
  const ended = { jobs: run.jobs, outputs, extraArgs: run.command.extraArgs };
  if (await isLeftBehind(deps, context, run)) {
    const statuses = projectStatuses(names, 'plan', { ...ended, ended: true });
    await writeStatuses(deps, target, [...statuses, givenUp(combinedStarted(names, 'plan'), 'plan')]);
    return null;
  }
  // Who approved while it was made has not seen it either.
  await discardApprovals(deps, context);
  const plansDeleted = !allCameOut(run) && (await mergesItself(deps, run, live));
  if (plansDeleted) await dropPlans(deps, context);
  const lockUrl = await lockUrls(deps, run);
  const projects = projectReports(ended, deps.pullSettings.executableName, lockUrl).map((report) => ({
    ...report,
    mergedAgain,
  }));
  const result: CommandResult = { kind: 'ran', projects, plansDeleted, removedDirs };
  await allEnded([
    writeStatuses(deps, target, projectStatuses(names, 'plan', { ...ended, ended: true })),
    reportResult(deps, context, { command: 'plan', asked: command, result, run }),
  ]);
  await tellPlans(deps, target, 'planned');
  return null;
}

/** Whether it is merged by itself once everything is applied. */
async function mergesItself(deps: PullDeps, run: RunWithJobs, live: Pull): Promise<boolean> {
  const { disableAutomergeLabel: label } = deps.pullSettings;
  if (label !== '' && live.labels.includes(label)) return false;
  return (await settingsOfRun(deps, run))?.automerge ?? false;
}
