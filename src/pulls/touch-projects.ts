import type { Command, CommentCommand } from '../commands/index.ts';
import type { CommandResult } from '../comments/index.ts';
import type { Project } from '../projects/index.ts';
import { jobOutputs, type RunWithJobs } from '../runs/index.ts';
import type { Pull } from '../vcs/index.ts';
import { acceptForPull } from './accept.ts';
import { isUntargeted, targetOf } from './command-target.ts';
import type { CommandContext, PullDeps } from './deps.ts';
import { followRun } from './follow-run.ts';
import { selectProjects } from './pull-store.ts';
import { reportResult } from './report-result.ts';
import { projectReports, ranResult, rejectedResult } from './result-view.ts';
import { type SelectedOnPull, selectOnPull } from './select-on-pull.ts';

/** The commands that are about projects and set no commit status. */
type ProjectComment = Extract<CommentCommand, { kind: 'import' | 'state_rm' | 'version' }>;

export type Touching = { readonly live: Pull; readonly command: ProjectComment };

/** Carries out `import`, `state rm` or `version`. Null, or why nothing ran. */
export async function touchProjects(
  deps: PullDeps,
  context: CommandContext,
  touching: Touching,
): Promise<string | null> {
  const { live, command } = touching;
  const { runId } = context.command;
  if (runId !== null) return reportTouched(deps, context, { ...touching, runId });
  const chosen = await choose(deps, context, touching);
  if (chosen.kind === 'none') {
    if (chosen.result) await report(deps, context, { command, result: chosen.result });
    return chosen.note;
  }
  const { commitSha, mergedInto, projects } = chosen;
  const accepted = await acceptForPull(deps, context, {
    live,
    command: toCommand(command),
    commitSha,
    mergedInto,
    jobs: projects.map((project) => ({ project, planId: null })),
    order: { parallel: false, abortOnFail: false },
  });
  if (accepted.kind === 'accepted') return reportTouched(deps, context, { ...touching, runId: accepted.runId });
  const { message } = accepted;
  await report(deps, context, { command, result: { kind: 'error', message } });
  return message;
}

type Choice =
  | ({ readonly kind: 'chosen' } & Pick<Selected, 'commitSha' | 'mergedInto' | 'projects'>)
  /** Nothing runs; `result` is what is answered, where anything is. */
  | { readonly kind: 'none'; readonly note: string; readonly result: CommandResult | null };
type Selected = Extract<SelectedOnPull, { kind: 'selected' }>;

async function choose(deps: PullDeps, context: CommandContext, { live, command }: Touching): Promise<Choice> {
  const target = targetOf(command.selection);
  const restrictFileList = deps.pullSettings.restrictFileList && command.kind !== 'version';
  const wish = { live, target, restrictFileList, signal: context.signal };
  const selected = await selectOnPull(deps, context.command.pull.repo, wish);
  if (selected.kind === 'ignored') return { kind: 'none', note: selected.note, result: null };
  if (selected.kind === 'rejected') return { kind: 'none', note: selected.message, result: rejectedResult(selected) };
  const projects = await meant(deps, context, { command, projects: selected.projects });
  if (command.kind === 'import' && projects.length > 1) {
    const message = 'import cannot run on multiple projects. please specify one project.';
    return { kind: 'none', note: message, result: { kind: 'failure', message } };
  }
  if (projects.length === 0) return { kind: 'none', note: 'no project is meant', result: ranResult([]) };
  const { commitSha, mergedInto } = selected;
  return { kind: 'chosen', commitSha, mergedInto, projects };
}

type Ended = { readonly command: ProjectComment; readonly result: CommandResult; readonly run?: RunWithJobs };

function report(deps: PullDeps, context: CommandContext, { command, ...ended }: Ended): Promise<void> {
  return reportResult(deps, context, { command: command.kind, asked: command, ...ended });
}

/** `version` is for what is planned; where nothing is, for what would be. */
async function meant(
  deps: PullDeps,
  context: CommandContext,
  { command, projects }: { readonly command: ProjectComment; readonly projects: readonly Project[] },
): Promise<readonly Project[]> {
  if (command.kind !== 'version' || !isUntargeted(command.selection)) return projects;
  const record = await selectProjects(deps.db, context.command.pull.id);
  const planned = projects.filter(({ dir, workspace, name }) =>
    record.some((project) => project.dir === dir && project.workspace === workspace && project.projectName === name),
  );
  return planned.length > 0 ? planned : projects;
}

function toCommand(command: ProjectComment): Command {
  const { extraArgs } = command;
  switch (command.kind) {
    case 'import':
      return { kind: 'import', address: command.address, id: command.id, extraArgs };
    case 'state_rm':
      return { kind: 'state_rm', addresses: command.addresses, extraArgs };
    case 'version':
      return { kind: 'version', extraArgs };
  }
}

async function reportTouched(
  deps: PullDeps,
  context: CommandContext,
  { command, runId }: Touching & { readonly runId: number },
): Promise<null> {
  const run = await followRun(deps, context, { runId, command: null });
  const outputs = await jobOutputs(deps.db, run.id);
  const ended = { jobs: run.jobs, outputs, extraArgs: [] };
  const projects = projectReports(ended, deps.pullSettings.executableName, () => null);
  await report(deps, context, { command, result: ranResult(projects), run });
  return null;
}
