import { notices, type ProjectReport, type ProjectStatus } from '../comments/index.ts';
import { getApplyLock } from '../locks/index.ts';
import type { Project } from '../projects/index.ts';
import { jobOutputs } from '../runs/index.ts';
import type { Pull } from '../vcs/index.ts';
import { acceptForPull, type PullRunOrder } from './accept.ts';
import { mergeWhenApplied } from './automerge.ts';
import { type Choosing, choosePlans, type PlanChoice } from './choose-plans.ts';
import { isUntargeted } from './command-target.ts';
import type { CommandContext, PullDeps } from './deps.ts';
import { followRun } from './follow-run.ts';
import { mergeAgain } from './merge-again.ts';
import { selectProjects } from './pull-store.ts';
import { reply } from './reply.ts';
import { reportResult } from './report-result.ts';
import { notRunReport, projectReports, ranResult, rejectedResult } from './result-view.ts';
import { combinedEnded, combinedFailed, projectStatuses } from './run-statuses.ts';
import type { Appliable } from './saved-plans.ts';
import { settingsNow } from './select-on-pull.ts';
import { settingsOfPlan, settingsOfRun } from './settings-of-run.ts';
import { statusNames } from './status-names.ts';
import type { CommandFacts, Hindered, PullRecord } from './types.ts';
import { unseenPlans } from './unseen-plans.ts';
import { writeStatuses } from './write-statuses.ts';

/** Applies plans of the pull request: all that wait, or those that the comment names. Null, or why nothing ran. */
export async function applyPull(deps: PullDeps, context: CommandContext, applying: Choosing): Promise<string | null> {
  const { runId } = context.command;
  if (runId !== null) return reportApply(deps, context, { ...applying, ...context.command.facts, runId });
  const { live, command } = applying;
  const { executableName, disableApplyAll } = deps.pullSettings;
  if (await getApplyLock(deps.db)) {
    await reply(deps, context, { key: 'answer', body: notices.applyDisabled(executableName) });
    return 'applies are disabled';
  }
  if (disableApplyAll && isUntargeted(command.selection)) {
    await reply(deps, context, { key: 'answer', body: notices.applyAllDisabled(executableName) });
    return 'applying without naming what is disabled';
  }
  const chosen = await choosePlans(deps, context, applying);
  if (chosen.kind === 'ignored') return chosen.note;
  if (chosen.kind === 'rejected') return refuse(deps, context, { ...applying, why: chosen });
  const [first] = chosen.appliable;
  if (!first) return applyNothing(deps, context, { ...applying, ...chosen });
  const unseen = await unseenPlans(deps, context, live);
  if (unseen !== undefined) return refuse(deps, context, { ...applying, why: { message: unseen } });
  const { repo } = context.command.pull;
  const { order, jobs } = await jobsNow(deps, repo, { ...chosen, live });
  const facts = { hindered: chosen.hindered };
  const accepted = await acceptForPull(deps, context, {
    live,
    command: { kind: 'apply', extraArgs: command.extraArgs },
    commitSha: first.commitSha,
    mergedInto: first.mergedInto,
    ...{ jobs, order, facts },
  });
  if (accepted.kind === 'rejected') return refuse(deps, context, { ...applying, why: accepted });
  return reportApply(deps, context, { ...applying, ...facts, runId: accepted.runId });
}

/**
 * What holds now for plans that are to be applied. With the `merge` strategy they may have been made on several commits of
 * the base branch: each project has its settings from its own, and what is stricter holds for all.
 */
async function jobsNow(
  deps: PullDeps,
  repo: PullRecord['repo'],
  { appliable, live }: { readonly appliable: readonly Appliable[]; readonly live: Pull },
): Promise<Pick<PullRunOrder, 'jobs' | 'order'>> {
  const plans = new Map(appliable.map((plan) => [plan.commitSha, plan]));
  const asNow = new Map<string, (project: Project) => Project>();
  let order = { parallel: true, abortOnFail: false };
  for (const [commitSha, plan] of plans) {
    const settings = await settingsOfPlan(deps, repo, { plan, live });
    asNow.set(commitSha, await settingsNow(deps, repo, { commitSha, baseBranch: live.baseBranch }));
    order = {
      parallel: order.parallel && (settings?.parallelApply ?? deps.pullSettings.parallelApply),
      abortOnFail: order.abortOnFail || (settings?.abortOnExecutionOrderFail ?? false),
    };
  }
  const jobs = appliable.map(({ project, planId, commitSha }) => ({
    project: asNow.get(commitSha)?.(project) ?? project,
    planId,
  }));
  return { order, jobs };
}

async function refuse(
  deps: PullDeps,
  context: CommandContext,
  { live, command, why }: Choosing & { readonly why: Parameters<typeof rejectedResult>[0] },
): Promise<string> {
  await tellStanding(deps, context, { live, isTold: 'absent' in why ? isAboutHead : wentWrong });
  await reportResult(deps, context, { command: 'apply', asked: command, result: rejectedResult(why) });
  return why.message;
}

type Standing = Pick<PullRecord, 'planned'> & { readonly live: Pull; readonly record: readonly ProjectStatus[] };

/** The record is about the head as it is now. */
function isAboutHead({ planned, live }: Standing): boolean {
  return planned?.headSha === live.headSha && planned.baseBranch === live.baseBranch;
}

/** What went wrong in an earlier apply is told again: it is more than that this one was refused. */
function wentWrong({ planned, live, record }: Standing): boolean {
  return planned?.headSha === live.headSha && record.includes('apply_errored');
}

/** The combined status of applies stays what the record says where that is to be told; otherwise it is a failure. */
async function tellStanding(
  deps: PullDeps,
  context: CommandContext,
  { live, isTold }: { readonly live: Pull; readonly isTold: (standing: Standing) => boolean },
): Promise<void> {
  const { pull } = context.command;
  const names = statusNames(deps.pullSettings);
  const record = (await selectProjects(deps.db, pull.id)).map(({ status }) => status);
  const isKnown = isTold({ planned: pull.planned, live, record });
  const statuses = isKnown ? combinedEnded(names, 'apply', record) : [combinedFailed(names, 'apply')];
  await writeStatuses(deps, { ...context, pull, headSha: live.headSha }, statuses);
}

/** Nothing waits to be applied, or nothing of it may be. */
async function applyNothing(
  deps: PullDeps,
  context: CommandContext,
  {
    live,
    command,
    hindered,
    isNamed,
  }: Choosing & Pick<Extract<PlanChoice, { kind: 'chosen' }>, 'hindered' | 'isNamed'>,
): Promise<string> {
  const message = hindered.map(({ reason }) => reason).join('\n');
  if (message !== '' && !isNamed) return refuse(deps, context, { live, command, why: { message } });
  const { silenceNoProjects, silenceVcsStatusNoProjects } = deps.pullSettings;
  if (message !== '' || !silenceNoProjects) {
    const result = ranResult(hindered.map(hinderedReport));
    await reportResult(deps, context, { command: 'apply', asked: command, result });
  }
  const isSilent = message === '' && silenceNoProjects && silenceVcsStatusNoProjects;
  if (!isSilent) await tellStanding(deps, context, { live, isTold: isAboutHead });
  if (message !== '') return message;
  await mergeAgain(deps, context, { live, command });
  return 'nothing waits to be applied';
}

function hinderedReport({ project, reason }: Hindered): ProjectReport {
  return notRunReport({ ...project, name: project.projectName }, reason);
}

async function reportApply(
  deps: PullDeps,
  context: CommandContext,
  { live, command, runId, hindered = [] }: Choosing & CommandFacts & { readonly runId: number },
): Promise<null> {
  const run = await followRun(deps, context, { runId, command: 'apply' });
  const outputs = await jobOutputs(deps.db, run.id);
  const ended = { jobs: run.jobs, outputs, extraArgs: [] };
  const projects = projectReports(ended, deps.pullSettings.executableName, () => null);
  const result = ranResult([...projects, ...hindered.map(hinderedReport)]);
  await reportResult(deps, context, { command: 'apply', asked: command, result, run });
  const names = statusNames(deps.pullSettings);
  const target = { ...context, pull: context.command.pull, headSha: run.pull?.headSha ?? run.commitSha };
  const record = (await selectProjects(deps.db, context.command.pull.id)).map(({ status }) => status);
  await writeStatuses(deps, target, [
    ...projectStatuses(names, 'apply', { jobs: run.jobs, outputs, ended: true }),
    ...combinedEnded(names, 'apply', record),
  ]);
  if (run.jobs.every(({ outcome }) => outcome?.kind === 'applied')) {
    const settings = await settingsOfRun(deps, run);
    await mergeWhenApplied(deps, context, {
      live,
      headSha: target.headSha,
      baseBranch: run.pull?.baseBranch ?? live.baseBranch,
      automerge: command.automerge,
      isConfigured: settings?.automerge ?? false,
      deleteSourceBranch: run.jobs.some(({ project }) => project.deleteSourceBranchOnMerge),
    });
  }
  return null;
}
