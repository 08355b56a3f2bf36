import { applyAllHint, unlockHint } from './hints.ts';
import type { BodyContext } from './project-body.ts';
import type { ProjectReport, ReportedOutcome } from './types.ts';

/** What stands below the result of a single project; empty when there is nothing to say. */
export function footerOfOne(context: BodyContext, report: ProjectReport): string {
  const hints = isPlan(context, report) ? allPlansHints(context, [report]) : '';
  return hints === '' ? '' : `\n\n---\n${hints}`;
}

/** What stands below the sections of several projects: counts, and what can be done with all plans. */
export function footerOfSeveral(context: BodyContext, projects: readonly ProjectReport[]): string {
  const summary = (counts: string) => `### ${context.title} Summary\n\n${projects.length} projects, ${counts}`;
  switch (context.view.command) {
    case 'plan':
      return `${summary(planCounts(projects))}\n\n${allPlansHints(context, projects)}`;
    case 'apply':
      return summary(applyCounts(projects));
    case 'import':
    case 'state_rm':
    case 'version':
    case 'approve_policies':
      return '';
  }
}

/** What can be done with all plans of the pull request at once; empty where that is not possible. */
function allPlansHints(context: BodyContext, projects: readonly ProjectReport[]): string {
  const { options, flavour } = context.view;
  if (context.plansDeleted || !options.applyAllowed || !options.applyAllAllowed) return '';
  const unlock = unlockHint(`${options.executableName} unlock`, flavour.requestName);
  if (!projects.some((report) => isPlan(context, report))) return unlock;
  return `${applyAllHint(`${options.executableName} apply`, flavour.requestName)}\n${unlock}`;
}

function isPlan({ view }: BodyContext, { outcome }: ProjectReport): boolean {
  return view.command === 'plan' && (outcome.kind === 'planned' || outcome.kind === 'unchanged');
}

function planCounts(projects: readonly ProjectReport[]): string {
  const [changed, unchanged] = [count(projects, 'planned'), count(projects, 'unchanged')];
  const cancelled = count(projects, 'cancelled');
  const failed = projects.length - changed - unchanged - cancelled;
  return `${changed} with changes, ${unchanged} with no changes, ${failed} failed${andCancelled(cancelled)}`;
}

function applyCounts(projects: readonly ProjectReport[]): string {
  const failed = count(projects, 'refused', 'locked_by_pull');
  const errored = count(projects, 'failed', 'interrupted');
  const cancelled = count(projects, 'cancelled');
  const successful = projects.length - failed - errored - cancelled;
  return `${successful} successful, ${failed} failed, ${errored} errored${andCancelled(cancelled)}`;
}

function andCancelled(cancelled: number): string {
  return cancelled === 0 ? '' : `, ${cancelled} cancelled`;
}

function count(projects: readonly ProjectReport[], ...kinds: ReportedOutcome['kind'][]): number {
  return projects.filter(({ outcome }) => kinds.includes(outcome.kind)).length;
}
