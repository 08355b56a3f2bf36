import type { Command, CommentCommand } from '../commands/index.ts';
import type { Project } from '../projects/index.ts';
import { jobOutputs } from '../runs/index.ts';
import type { Pull } from '../vcs/index.ts';
import { acceptForPull } from './accept.ts';
import type { CommandContext, PullDeps } from './deps.ts';
import { followRun } from './follow-run.ts';
import { isUntargeted } from './on-run-event.ts';
import { selectProjects } from './pull-store.ts';
import { reportResult } from './report-result.ts';
import { projectReports, rejectedResult } from './result-view.ts';
import { selectOnPull } from './select-on-pull.ts';

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
  const { pull, runId } = context.command;
  if (runId !== null) return reportTouched(deps, context, { ...touching, runId });
  const { selection } = command;
  const target = isUntargeted(selection) ? ({ kind: 'all' } as const) : ({ kind: 'selection', selection } as const);
  const restrictFileList = deps.pullSettings.restrictFileList && command.kind !== 'version';
  const selected = await selectOnPull(deps, pull.repo, { live, target, restrictFileList });
  if (selected.kind === 'ignored') return selected.note;
  if (selected.kind === 'rejected') {
    await reportResult(deps, context, {
      command: command.kind,
      asked: command,
      result: rejectedResult(selected),
    });
    return selected.message;
  }
  const projects = await meant(deps, context, { command, projects: selected.projects });
  if (command.kind === 'import' && projects.length > 1) {
    const message = 'import cannot run on multiple projects. please specify one project.';
    await reportResult(deps, context, { command: command.kind, asked: command, result: { kind: 'failure', message } });
    return message;
  }
  if (projects.length === 0) {
    await reportResult(deps, context, {
      command: command.kind,
      asked: command,
      result: { kind: 'ran', projects: [], plansDeleted: false, removedDirs: [] },
    });
    return 'no project is meant';
  }
  const accepted = await acceptForPull(deps, context, {
    live,
    command: toCommand(command),
    commitSha: selected.commitSha,
    mergedInto: selected.mergedInto,
    jobs: projects.map((project) => ({ project, planId: null })),
    order: { parallel: false, abortOnFail: false },
  });
  if (accepted.kind === 'accepted') return reportTouched(deps, context, { ...touching, runId: accepted.runId });
  await reportResult(deps, context, {
    command: command.kind,
    asked: command,
    result: { kind: 'error', message: accepted.message },
  });
  return accepted.message;
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
  await reportResult(deps, context, {
    command: command.kind,
    asked: command,
    result: { kind: 'ran', projects, plansDeleted: false, removedDirs: [] },
    run,
  });
  return null;
}
