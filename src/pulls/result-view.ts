import { describeCommand } from '../commands/index.ts';
import type {
  CommandResult,
  CommandView,
  LogEntry,
  ProjectReport,
  ReportedCommand,
  ReportedOutcome,
} from '../comments/index.ts';
import type { Project } from '../projects/index.ts';
import { type Job, lockLinkName, lockUrl, type RunWithJobs } from '../runs/index.ts';
import type { HostMarkdown } from '../vcs/index.ts';
import type { PullDeps } from './deps.ts';
import { locksOfPull } from './locks-of-pull.ts';
import type { PullSettings } from './settings.ts';

/** A run that has ended, with what its jobs printed. */
export type EndedRun = {
  readonly jobs: readonly Job[];
  readonly outputs: ReadonlyMap<number, string>;
  /** The arguments of the comment for Terraform. */
  readonly extraArgs: readonly string[];
};

/** How a job ended, as comments and statuses tell it. */
export function reportedOutcome(job: Job): ReportedOutcome {
  const outcome = job.outcome;
  if (outcome === null) return { kind: 'cancelled', by: 'polder' };
  if (outcome.kind === 'refused' && outcome.refusal.kind === 'locked' && outcome.refusal.by) {
    const { pullNumber, holds } = outcome.refusal.by;
    return { kind: 'locked_by_pull', pullNumber, holds };
  }
  return outcome;
}

/** False for those that were left out because a project of an earlier execution order group did not come out. */
export function wasTried({ outcome }: Job): boolean {
  return outcome?.kind !== 'refused' || outcome.refusal.kind !== 'earlier_failed';
}

/** What each project's part of the comment is made from. `lockUrl`: of the lock that the pull request holds on it. */
export function projectReports(
  run: EndedRun,
  executableName: string,
  lockUrl: (job: Job) => string | null,
): ProjectReport[] {
  return run.jobs.filter(wasTried).map((job) => ({
    project: job.project,
    outcome: reportedOutcome(job),
    output: run.outputs.get(job.id) ?? '',
    lockUrl: lockUrl(job),
    planCommand: describeCommand(executableName, { kind: 'plan', extraArgs: run.extraArgs }, job.project),
    applyCommand: describeCommand(executableName, { kind: 'apply', extraArgs: [] }, job.project),
    mergedAgain: false,
  }));
}

/** The part of a project for which nothing was run, and why. */
export function notRunReport(project: Pick<Project, 'name' | 'dir' | 'workspace'>, reason: string): ProjectReport {
  const { name, dir, workspace } = project;
  return {
    project: { name, dir, workspace, silencePrComments: null },
    outcome: { kind: 'failed', code: 'not_run', message: reason },
    output: '',
    lockUrl: null,
    planCommand: '',
    applyCommand: '',
    mergedAgain: false,
  };
}

/**
 * What a command is answered that could not begin. What is wrong with a project is told as that project's, so that the
 * heading names it.
 */
export function rejectedResult({
  message,
  absent,
}: {
  readonly message: string;
  readonly absent?: Project;
}): CommandResult {
  return absent ? ranResult([notRunReport(absent, message)]) : { kind: 'error', message };
}

export function ranResult(projects: readonly ProjectReport[]): CommandResult {
  return { kind: 'ran', projects, plansDeleted: false, removedDirs: [] };
}

/** Where the lock that the run's pull request holds on a job's project can be seen and deleted; null when it holds none. */
export async function lockUrls(deps: PullDeps, run: RunWithJobs): Promise<(job: Job) => string | null> {
  const { baseUrl } = deps.pullSettings;
  const locks = run.pull ? await locksOfPull(deps.db, { repoId: run.repo.id, pullNumber: run.pull.number }) : [];
  const idOf = (dir: string, workspace: string, name: string) => JSON.stringify([dir, workspace, name]);
  const nameOf = await lockLinkName(deps.db, { repoFullName: run.repo.fullName });
  const held = new Map(locks.map((lock) => [idOf(lock.dir, lock.workspace, lock.projectName), lock]));
  return ({ project }) => {
    const lock = held.get(idOf(project.dir, project.workspace, project.name));
    return lock ? lockUrl({ baseUrl }, nameOf(lock)) : null;
  };
}

/** The view of a command that has ended, by the server's options and the host's ways. */
export function commandView(
  settings: PullSettings,
  of: {
    readonly command: ReportedCommand;
    readonly result: CommandResult;
    readonly markdown: HostMarkdown;
    /** More projects than get a commit status each. */
    readonly tooMany: boolean;
    readonly log: readonly LogEntry[] | null;
  },
): CommandView {
  return {
    command: of.command,
    result: of.result,
    resultsInList: of.tooMany,
    log: of.log,
    options: {
      executableName: settings.executableName,
      folding: !settings.disableMarkdownFolding,
      diffMarkdown: settings.enableDiffMarkdownFormat,
      hideUnchangedPlans: settings.hideUnchangedPlanComments,
      applyAllowed: settings.allowCommands.includes('apply'),
      applyAllAllowed: !settings.disableApplyAll,
      repoLocking: !settings.disableRepoLocking,
    },
    templates: settings.commentTemplates,
    flavour: of.markdown,
  };
}
