import {
  applyCountsStatus,
  failedStatus,
  type ProjectStatus,
  planCountsStatus,
  policyCountsStatus,
  projectStatusText,
  type StatusText,
  startedStatus,
  statusContexts,
} from '../comments/index.ts';
import type { Job } from '../runs/index.ts';
import type { CommitStatus } from '../vcs/index.ts';
import { reportedOutcome, wasTried } from './result-view.ts';
import type { PullSettings } from './settings.ts';

/** The commands whose progress commit statuses tell. */
export type TrackedCommand = 'plan' | 'apply';

/** By the kind of a command; undefined for commands that set no status. */
export function trackedCommand(kind: string): TrackedCommand | undefined {
  if (kind === 'autoplan' || kind === 'plan') return 'plan';
  return kind === 'apply' ? 'apply' : undefined;
}

export type StatusNames = {
  /** First part of the names. */
  readonly statusName: string;
  /** Above so many projects only the combined statuses are set. */
  readonly maxProjects: number;
  /** The server's address, without a slash at its end. */
  readonly baseUrl: string;
};

/** The combined status of a command that is under way. */
export function combinedStarted(names: StatusNames, command: TrackedCommand): CommitStatus {
  return combined(names, command, startedStatus(command));
}

/**
 * What is set when a command begins. With `--silence-vcs-status-no-projects` nothing is for a plan, though it has
 * projects: in Atlantis neither.
 */
export function startStatuses(
  names: StatusNames,
  command: TrackedCommand,
  { silenceVcsStatusNoProjects }: Pick<PullSettings, 'silenceVcsStatusNoProjects'>,
): CommitStatus[] {
  return command === 'plan' && silenceVcsStatusNoProjects ? [] : [combinedStarted(names, command)];
}

/** The combined status of a command that could not begin. */
export function combinedFailed(names: StatusNames, command: TrackedCommand): CommitStatus {
  return combined(names, command, failedStatus(command));
}

/** The combined status of a command that has commands before it. */
export function combinedWaiting(names: StatusNames, command: TrackedCommand, before: number): CommitStatus {
  const what = before === 1 ? '1 command' : `${before} commands`;
  const title = command === 'plan' ? 'Plan' : 'Apply';
  return combined(names, command, { state: 'pending', description: `${title} waits for ${what} before it.` });
}

/** A status that stood for work that will never be done now. */
export function givenUp(status: CommitStatus, command: TrackedCommand): CommitStatus {
  const { state, description } = projectStatusText(command, { outcome: { kind: 'cancelled', by: '' }, output: '' });
  return toStatus(status.context, { state, description }, status.targetUrl);
}

/** What a status says to be under way or waiting; undefined when it tells how something ended. */
export function underWay(names: StatusNames, status: CommitStatus): TrackedCommand | undefined {
  if (status.state !== 'pending') return undefined;
  const isOf = (command: TrackedCommand) =>
    status.description === startedStatus(command).description ||
    (status.context === combinedStarted(names, command).context &&
      / waits for .+ before it\.$/.test(status.description));
  return (['plan', 'apply'] as const).find(isOf);
}

/** What is said of a pull request that touches no project. */
export function noProjectStatuses(names: StatusNames): CommitStatus[] {
  const policies = policyCountsStatus({ passed: 0, failed: 0, total: 0 });
  return [
    combined(names, 'plan', planCountsStatus([])),
    combined(names, 'policy_check', policies),
    combined(names, 'apply', applyCountsStatus([])),
  ];
}

/**
 * The combined statuses after a plan or apply, from where every project stands. That of the apply is pending as soon as
 * something is left to be applied, so that an earlier green one does not stay.
 */
export function combinedEnded(
  names: StatusNames,
  command: TrackedCommand,
  record: readonly ProjectStatus[],
): CommitStatus[] {
  const apply = combined(names, 'apply', applyCountsStatus(record));
  return command === 'apply' ? [apply] : [combined(names, 'plan', planCountsStatus(record)), apply];
}

/**
 * The statuses of a run's projects, in their order, as far as they have begun. A project that was applied counts as
 * under way until the whole run has ended: only then is it certain for which commit.
 */
export function projectStatuses(
  names: StatusNames,
  command: TrackedCommand,
  run: { readonly jobs: readonly Job[]; readonly outputs: ReadonlyMap<number, string>; readonly ended: boolean },
): CommitStatus[] {
  const projects = run.jobs.map((job) => job.project);
  const { projects: contexts } = statusContexts({ ...names, command, projects });
  if (contexts === null) return [];
  return run.jobs.flatMap((job, index) => {
    const context = contexts[index];
    const text = textOf(command, job, run);
    if (context === undefined || text === undefined || !wasTried(job)) return [];
    return [toStatus(context, text, `${names.baseUrl}/jobs/${job.uuid}`)];
  });
}

function textOf(
  command: TrackedCommand,
  job: Job,
  run: { readonly outputs: ReadonlyMap<number, string>; readonly ended: boolean },
): StatusText | undefined {
  if (job.state === 'queued') return undefined;
  if (job.outcome === null) return startedStatus(command);
  if (job.outcome.kind === 'applied' && !run.ended) return startedStatus(command);
  return projectStatusText(command, { outcome: reportedOutcome(job), output: run.outputs.get(job.id) ?? '' });
}

function combined(names: StatusNames, command: TrackedCommand | 'policy_check', text: StatusText): CommitStatus {
  const { combined: context } = statusContexts({ ...names, command, projects: [] });
  return toStatus(context, text, null);
}

function toStatus(context: string, { state, description }: StatusText, targetUrl: string | null): CommitStatus {
  return { context, state: state === 'failed' ? 'failure' : state, description, targetUrl };
}
