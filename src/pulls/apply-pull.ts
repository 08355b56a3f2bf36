import type { CommentCommand } from '../commands/index.ts';
import { type CommandResult, notices, type ProjectReport } from '../comments/index.ts';
import { getApplyLock } from '../locks/index.ts';
import { jobOutputs } from '../runs/index.ts';
import type { Pull } from '../vcs/index.ts';
import { acceptForPull } from './accept.ts';
import { mergeWhenApplied } from './automerge.ts';
import { setFacts } from './command-store.ts';
import type { CommandContext, PullDeps } from './deps.ts';
import { followRun } from './follow-run.ts';
import { isUntargeted } from './on-run-event.ts';
import { selectProjects } from './pull-store.ts';
import { reply } from './reply.ts';
import { reportResult } from './report-result.ts';
import { projectReports } from './result-view.ts';
import { combinedEnded, combinedFailed, nothingToDo, projectStatuses } from './run-statuses.ts';
import { type Appliable, savedOnPull } from './saved-plans.ts';
import { repoSettingsAt, selectOnPull, settingsNow } from './select-on-pull.ts';
import { statusNames } from './status-names.ts';
import type { CommandFacts, Hindered } from './types.ts';
import { writeStatuses } from './write-statuses.ts';

export type Applying = { readonly live: Pull; readonly command: Extract<CommentCommand, { kind: 'apply' }> };

/** Applies plans of the pull request: all that wait, or those that the comment names. Null, or why nothing ran. */
export async function applyPull(deps: PullDeps, context: CommandContext, applying: Applying): Promise<string | null> {
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
  const chosen = await choose(deps, context, applying);
  if (chosen.kind === 'ignored') return chosen.note;
  if (chosen.kind === 'rejected') return refuse(deps, context, { ...applying, message: chosen.message });
  const [first] = chosen.appliable;
  if (!first) return applyNothing(deps, context, { ...applying, hindered: chosen.hindered });
  const { repo } = context.command.pull;
  const at = { commitSha: first.commitSha, baseBranch: live.baseBranch };
  const [settings, asNow] = await Promise.all([repoSettingsAt(deps, repo, at), settingsNow(deps, repo, at)]);
  const facts = { hindered: chosen.hindered };
  await setFacts(deps.db, context.command.id, facts);
  const accepted = await acceptForPull(deps, context, {
    live,
    command: { kind: 'apply', extraArgs: command.extraArgs },
    commitSha: first.commitSha,
    mergedInto: first.mergedInto,
    jobs: chosen.appliable.map(({ project, planId }) => ({ project: asNow(project), planId })),
    order: {
      parallel: settings?.parallelApply ?? deps.pullSettings.parallelApply,
      abortOnFail: settings?.abortOnExecutionOrderFail ?? false,
    },
  });
  if (accepted.kind === 'rejected') return refuse(deps, context, { ...applying, message: accepted.message });
  return reportApply(deps, context, { ...applying, ...facts, runId: accepted.runId });
}

type Choice =
  | { readonly kind: 'chosen'; readonly appliable: readonly Appliable[]; readonly hindered: readonly Hindered[] }
  | { readonly kind: 'ignored'; readonly note: string }
  | { readonly kind: 'rejected'; readonly message: string };

async function choose(deps: PullDeps, context: CommandContext, { live, command }: Applying): Promise<Choice> {
  const { pull } = context.command;
  const saved = await savedOnPull(deps, pull, live);
  if (saved.kind === 'rejected') return saved;
  if (isUntargeted(command.selection)) return { ...saved, kind: 'chosen' };
  const target = { kind: 'selection', selection: command.selection } as const;
  const selected = await selectOnPull(deps, pull.repo, { live, target });
  if (selected.kind !== 'selected') return selected;
  const isMeant = (other: { dir: string; workspace: string; name: string }) =>
    selected.projects.some(
      ({ dir, workspace, name }) => dir === other.dir && workspace === other.workspace && name === other.name,
    );
  const appliable = saved.appliable.filter(({ project }) => isMeant(project));
  const hindered = saved.hindered.filter(({ project }) => isMeant({ ...project, name: project.projectName }));
  const unknown = selected.projects.filter(
    ({ dir, workspace, name }) =>
      !appliable.some(({ project }) => isSame(project, { dir, workspace, name })) &&
      !hindered.some(({ project }) => isSame({ ...project, name: project.projectName }, { dir, workspace, name })),
  );
  const exe = deps.pullSettings.executableName;
  const missing = unknown.map(({ dir, workspace, name }) => ({
    project: { dir, workspace, projectName: name },
    reason: `no plan found at path "${dir}" and workspace "${workspace}"; run \`${exe} plan\` first`,
  }));
  return { kind: 'chosen', appliable, hindered: [...hindered, ...missing] };
}

type Named = { readonly dir: string; readonly workspace: string; readonly name: string };

function isSame(one: Named, other: Named): boolean {
  return one.dir === other.dir && one.workspace === other.workspace && one.name === other.name;
}

async function refuse(
  deps: PullDeps,
  context: CommandContext,
  { live, command, message }: Applying & { readonly message: string },
): Promise<string> {
  const failed = combinedFailed(statusNames(deps.pullSettings), 'apply');
  await writeStatuses(deps, { ...context, pull: context.command.pull, headSha: live.headSha }, [failed]);
  await reportResult(deps, context, { command: 'apply', asked: command, result: { kind: 'error', message } });
  return message;
}

/** Nothing waits to be applied, or nothing of it may be. */
async function applyNothing(
  deps: PullDeps,
  context: CommandContext,
  { live, command, hindered }: Applying & { readonly hindered: readonly Hindered[] },
): Promise<string> {
  const [first] = hindered;
  if (first) return refuse(deps, context, { live, command, message: hindered.map(({ reason }) => reason).join('\n') });
  const { silenceNoProjects, silenceVcsStatusNoProjects } = deps.pullSettings;
  if (!silenceNoProjects) await reportResult(deps, context, { command: 'apply', asked: command, result: ran([]) });
  const { pull } = context.command;
  if (!silenceVcsStatusNoProjects) {
    const record = (await selectProjects(deps.db, pull.id)).map(({ status }) => status);
    const names = statusNames(deps.pullSettings);
    const statuses = record.length === 0 ? nothingToDo(names).slice(-1) : combinedEnded(names, 'apply', record);
    await writeStatuses(deps, { ...context, pull, headSha: live.headSha }, statuses);
  }
  return 'nothing waits to be applied';
}

async function reportApply(
  deps: PullDeps,
  context: CommandContext,
  { live, command, runId, hindered = [] }: Applying & CommandFacts & { readonly runId: number },
): Promise<null> {
  const run = await followRun(deps, context, { runId, command: 'apply' });
  const outputs = await jobOutputs(deps.db, run.id);
  const ended = { jobs: run.jobs, outputs, extraArgs: [] };
  const projects = projectReports(ended, deps.pullSettings.executableName, () => null);
  const result = ran([...projects, ...hindered.map(hinderedReport)]);
  await reportResult(deps, context, { command: 'apply', asked: command, result, run });
  const names = statusNames(deps.pullSettings);
  const target = { ...context, pull: context.command.pull, headSha: run.pull?.headSha ?? run.commitSha };
  const record = (await selectProjects(deps.db, context.command.pull.id)).map(({ status }) => status);
  await writeStatuses(deps, target, [
    ...projectStatuses(names, 'apply', { jobs: run.jobs, outputs, ended: true }),
    ...combinedEnded(names, 'apply', record),
  ]);
  if (run.jobs.every(({ outcome }) => outcome?.kind === 'applied')) {
    const settings = await repoSettingsAt(deps, run.repo, { commitSha: run.commitSha, baseBranch: run.baseBranch });
    await mergeWhenApplied(deps, context, {
      live,
      automerge: command.automerge,
      isConfigured: settings?.automerge ?? false,
      deleteSourceBranch: run.jobs.some(({ project }) => project.deleteSourceBranchOnMerge),
    });
  }
  return null;
}

function hinderedReport({ project, reason }: Hindered): ProjectReport {
  const { dir, workspace, projectName: name } = project;
  return {
    project: { dir, workspace, name, silencePrComments: null },
    outcome: { kind: 'failed', code: 'plan_missing', message: reason },
    output: '',
    lockUrl: null,
    planCommand: '',
    applyCommand: '',
    mergedAgain: false,
  };
}

function ran(projects: readonly ProjectReport[]): CommandResult {
  return { kind: 'ran', projects, plansDeleted: false, removedDirs: [] };
}
