import { changesOutputsOnly, planSummaryLine } from './plan-summary.ts';
import { titles } from './titles.ts';
import type { ProjectReport, ReportedCommand } from './types.ts';

/** A commit status without its context. Hosts have their own words for the states. */
export type StatusText = { readonly state: 'pending' | 'success' | 'failed'; readonly description: string };

/** The commands that statuses tell of. */
export type StatusCommand = 'plan' | 'policy_check' | 'apply';

/**
 * Where a project of a pull request stands, in the words of the API
 * (https://www.runatlantis.io/docs/api-endpoints).
 */
export type ProjectStatus =
  | 'plan_errored'
  | 'planned'
  | 'planned_no_changes'
  | 'apply_errored'
  | 'applied'
  | 'plan_discarded'
  | 'policy_check_errored'
  | 'policy_check_passed';

const words: Readonly<Record<StatusCommand, string>> = { plan: 'Plan', policy_check: 'Policy_check', apply: 'Apply' };

/** The status of a command that has begun, or of one of its projects. */
export function startedStatus(command: StatusCommand): StatusText {
  return { state: 'pending', description: `${words[command]} in progress...` };
}

/** The combined status of a command that ran for no project, because something was wrong before. */
export function failedStatus(command: StatusCommand): StatusText {
  return { state: 'failed', description: `${words[command]} failed.` };
}

/** How a command ended for one project. */
export function projectStatusText(
  command: ReportedCommand,
  report: Pick<ProjectReport, 'outcome' | 'output'>,
): StatusText {
  const title = titles[command];
  switch (report.outcome.kind) {
    case 'planned':
    case 'unchanged':
      return { state: 'success', description: command === 'plan' ? planDescription(report) : `${title} succeeded.` };
    case 'applied':
    case 'done':
      return { state: 'success', description: `${title} succeeded.` };
    case 'refused':
    case 'locked_by_pull':
    case 'failed':
      return { state: 'failed', description: `${title} failed.` };
    case 'cancelled':
      return { state: 'failed', description: `${title} cancelled.` };
    case 'interrupted':
      return { state: 'failed', description: `${title} interrupted.` };
  }
}

function planDescription(report: Pick<ProjectReport, 'outcome' | 'output'>): string {
  const line = planSummaryLine(report);
  if (line !== '') return line;
  return changesOutputsOnly(report) ? 'Plan: only outputs change.' : 'Plan succeeded.';
}

/** The combined status of plans, from where every project of the pull request stands. */
export function planCountsStatus(projects: readonly ProjectStatus[]): StatusText {
  const total = projects.length;
  const failed = count(projects, 'plan_errored');
  if (failed > 0) return { state: 'failed', description: `${failed}/${total} projects failed to plan.` };
  const planned = total - count(projects, 'plan_discarded');
  return planned < total
    ? { state: 'pending', description: `${planned}/${total} projects planned.` }
    : { state: 'success', description: `${planned}/${total} projects planned successfully.` };
}

/** The combined status of applies, from where every project of the pull request stands. */
export function applyCountsStatus(projects: readonly ProjectStatus[]): StatusText {
  const total = projects.length;
  const failed = count(projects, 'apply_errored');
  if (failed > 0) return { state: 'failed', description: `${failed}/${total} projects failed to apply.` };
  const applied = count(projects, 'applied');
  const unchanged = count(projects, 'planned_no_changes');
  const upToDate = unchanged > 0 ? ` (${unchanged} up to date)` : '';
  if (applied + unchanged < total) {
    return { state: 'pending', description: `${applied}/${total} projects applied${upToDate}.` };
  }
  if (unchanged === total && total > 0) {
    return { state: 'success', description: `${unchanged}/${total} projects up to date.` };
  }
  return { state: 'success', description: `${applied}/${total} projects applied successfully${upToDate}.` };
}

/** The combined status of policy checks. Projects in neither number are still to be checked. */
export function policyCountsStatus(projects: { passed: number; failed: number; total: number }): StatusText {
  const { passed, failed, total } = projects;
  if (failed > 0) return { state: 'failed', description: `${failed}/${total} projects failed policy checks.` };
  return passed < total
    ? { state: 'pending', description: `${passed}/${total} projects had policies checked.` }
    : { state: 'success', description: `${passed}/${total} projects had policies checked successfully.` };
}

function count(projects: readonly ProjectStatus[], status: ProjectStatus): number {
  return projects.filter((one) => one === status).length;
}
