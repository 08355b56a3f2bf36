import type { ProjectStatus } from '../comments/index.ts';
import type { Project } from '../projects/index.ts';
import { type PullPlan, plansOfPull } from '../runs/index.ts';
import type { Pull } from '../vcs/index.ts';
import type { PullDeps } from './deps.ts';
import { selectProjects } from './pull-store.ts';
import type { Hindered, PullProject, PullRecord } from './types.ts';

/** A saved plan that may be applied. */
export type Appliable = {
  readonly planId: number;
  readonly commitSha: string;
  /** What the head was merged into; null when it was checked out itself. */
  readonly mergedInto: string | null;
  readonly project: Project;
};

export type SavedOnPull =
  | { readonly kind: 'ready'; readonly appliable: readonly Appliable[]; readonly hindered: readonly Hindered[] }
  /** Nothing may be applied, for a reason that holds for all. */
  | { readonly kind: 'rejected'; readonly message: string };

const appliableStatuses: readonly ProjectStatus[] = [
  'planned',
  'planned_no_changes',
  'policy_check_passed',
  'apply_errored',
];

/**
 * The plans of a pull request that may be applied to its head as it is now, in the order of the record, and what is in the
 * way of the others.
 */
export async function savedOnPull(deps: PullDeps, pull: PullRecord, live: Pull): Promise<SavedOnPull> {
  const plans = await plansOfPull(deps.db, { repoId: pull.repo.id, pullNumber: pull.number });
  const again = `run \`${deps.pullSettings.executableName} plan\``;
  const outdated = outdatedText(pull, live, plans.length > 0);
  if (outdated !== undefined) return { kind: 'rejected', message: `${outdated}; ${again} before apply` };
  const record = await selectProjects(deps.db, pull.id);
  if (!pull.planned || (record.length === 0 && plans.length > 0)) {
    return { kind: 'rejected', message: `no plan found; ${again} first` };
  }
  if (record.length > 0 && plans.length === 0 && record.every(({ status }) => status === 'plan_discarded')) {
    return { kind: 'rejected', message: `the plans of this pull request were discarded; ${again} before apply` };
  }
  return sortOut(record, plans, again);
}

/** Undefined when the plans are for the head and base of now. */
function outdatedText({ planned }: PullRecord, live: Pull, hasPlans: boolean): string | undefined {
  if (!planned) return undefined;
  if (planned.headSha !== live.headSha) {
    const subject = hasPlans ? 'plans are' : 'recorded plan status is';
    return `${subject} from commit ${short(planned.headSha)} but current head is ${short(live.headSha)}`;
  }
  if (planned.baseBranch === live.baseBranch) return undefined;
  const [old, now] = [JSON.stringify(planned.baseBranch), JSON.stringify(live.baseBranch)];
  return `plans are for base branch ${old} but current base branch is ${now}`;
}

function short(sha: string): string {
  return sha.slice(0, 7);
}

function sortOut(record: readonly PullProject[], plans: readonly PullPlan[], again: string): SavedOnPull {
  const appliable: Appliable[] = [];
  const hindered: Hindered[] = [];
  const newest = plans.at(-1)?.commitSha;
  for (const project of record) {
    const plan = plans.findLast(({ job }) => isOf(job.project, project));
    const reason = hindrance(project, plan, newest);
    if (plan && reason === undefined) {
      const { planId, commitSha, run, job } = plan;
      appliable.push({ planId, commitSha, mergedInto: run.pull?.mergedInto ?? null, project: job.project });
    } else if (reason !== undefined) hindered.push({ project, reason: `${reason}; ${again}` });
  }
  appliable.sort((one, other) => one.project.executionOrderGroup - other.project.executionOrderGroup);
  return { kind: 'ready', appliable, hindered };
}

function isOf(project: Project, other: PullProject): boolean {
  return project.dir === other.dir && project.workspace === other.workspace && project.name === other.projectName;
}

/** Undefined when the plan may be applied, or there is nothing (left) to be applied. */
function hindrance(project: PullProject, plan: PullPlan | undefined, newest: string | undefined): string | undefined {
  const { dir, workspace, projectName, status } = project;
  const of = `for dir ${JSON.stringify(dir)} workspace ${JSON.stringify(workspace)} project ${JSON.stringify(projectName)}`;
  if (!plan) {
    if (status === 'plan_errored') return `plan ${of} errored and cannot be applied without a plan file`;
    return ['planned', 'apply_errored', 'policy_check_passed', 'policy_check_errored'].includes(status)
      ? `plan file is missing ${of} with status "${status}"`
      : undefined;
  }
  if (status === 'policy_check_errored') return `policy checks have errored ${of} and cannot be applied`;
  if (!appliableStatuses.includes(status)) return `plan ${of} has status "${status}" and cannot be applied`;
  // With the `merge` strategy, plans of one head can be made on different bases.
  return plan.commitSha === newest ? undefined : `plan ${of} was made on an older base branch`;
}
