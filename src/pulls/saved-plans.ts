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
 * The plans of a pull request that may be applied to its head as it is now, and what is in the way of others that wait.
 * Ordered by execution order group, then by workspace and path, as Atlantis finds the files of plans.
 */
export async function savedOnPull(deps: PullDeps, pull: PullRecord, live: Pull): Promise<SavedOnPull> {
  const plans = await plansOfPull(deps.db, { repoId: pull.repo.id, pullNumber: pull.number });
  const again = planAgain(deps);
  const outdated = outdatedText(pull, live, plans.length > 0);
  if (outdated !== undefined) return { kind: 'rejected', message: `${outdated}; ${again} before apply` };
  const record = await selectProjects(deps.db, pull.id);
  if (!pull.planned || (record.length === 0 && plans.length > 0)) {
    return { kind: 'rejected', message: `no plan found; ${again} first` };
  }
  if (record.length > 0 && plans.length === 0 && record.every(({ status }) => status === 'plan_discarded')) {
    return { kind: 'rejected', message: `the plans of this pull request were discarded; ${again} before apply` };
  }
  return sortOut(record.toSorted(asPlanFiles), plans, (project, plan) => {
    const reason = hindrance(project, plan);
    return reason === undefined ? undefined : `${reason}; ${again}`;
  });
}

/** The same for projects that somebody has named, in their order: each of them can be applied, or something is in the way. */
export async function savedOfProjects(
  deps: PullDeps,
  pull: PullRecord,
  { live, projects }: { readonly live: Pull; readonly projects: readonly Project[] },
): Promise<SavedOnPull> {
  const plans = await plansOfPull(deps.db, { repoId: pull.repo.id, pullNumber: pull.number });
  if (!pull.planned) return { kind: 'rejected', message: 'no working directory found–did you run plan?' };
  const again = planAgain(deps);
  const outdated = outdatedText(pull, live, plans.length > 0);
  const record = await selectProjects(deps.db, pull.id);
  const named = projects.map(({ dir, workspace, name: projectName }) => {
    const known = record.find(
      (one) => one.dir === dir && one.workspace === workspace && one.projectName === projectName,
    );
    return known ?? { dir, workspace, projectName, status: null };
  });
  return sortOut(named, plans, (project, plan) => {
    if (outdated !== undefined) return `${outdated}; ${again} before apply`;
    const reason = hindranceOfNamed(project, plan);
    return reason === undefined ? undefined : `${reason}; ${again}`;
  });
}

function planAgain({ pullSettings }: Pick<PullDeps, 'pullSettings'>): string {
  return `run \`${pullSettings.executableName} plan\``;
}

/** Undefined when the plans are for the head and base of now. */
function outdatedText({ planned }: PullRecord, live: Pull, hasPlans: boolean): string | undefined {
  if (!planned) return undefined;
  const subject = hasPlans ? 'plans are' : 'recorded plan status is';
  if (planned.headSha !== live.headSha) {
    return `${subject} from commit ${short(planned.headSha)} but current head is ${short(live.headSha)}`;
  }
  if (planned.baseBranch === live.baseBranch) return undefined;
  const [old, now] = [JSON.stringify(planned.baseBranch), JSON.stringify(live.baseBranch)];
  return `${subject} for base branch ${old} but current base branch is ${now}`;
}

function short(sha: string): string {
  return sha.slice(0, 7);
}

/** `status`: null for a project that the record does not have. */
type Asked = Pick<PullProject, 'dir' | 'workspace' | 'projectName'> & { readonly status: ProjectStatus | null };

function sortOut<P extends Asked>(
  asked: readonly P[],
  plans: readonly PullPlan[],
  why: (project: P, plan: PullPlan | undefined) => string | undefined,
): SavedOnPull {
  const appliable: Appliable[] = [];
  const hindered: Hindered[] = [];
  const newest = plans.at(-1)?.commitSha;
  for (const project of asked) {
    const plan = plans.findLast(({ job }) => isOf(job.project, project));
    // With the `merge` strategy, plans of one head can be made on different bases.
    const isOld = plan !== undefined && plan.commitSha !== newest;
    const reason =
      why(project, plan) ?? (isOld ? `plan ${ofProject(project)} was made on an older base branch` : undefined);
    if (reason !== undefined) hindered.push({ project, reason });
    else if (plan) {
      const { planId, commitSha, run, job } = plan;
      appliable.push({ planId, commitSha, mergedInto: run.pull?.mergedInto ?? null, project: job.project });
    }
  }
  appliable.sort((one, other) => one.project.executionOrderGroup - other.project.executionOrderGroup);
  return { kind: 'ready', appliable, hindered };
}

function asPlanFiles(one: PullProject, other: PullProject): number {
  return inOrder(one.workspace, other.workspace) || inOrder(planFile(one), planFile(other));
}

function inOrder(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}

/** Where Atlantis keeps the plan of a project, in its checkout. */
function planFile({ dir, workspace, projectName }: PullProject): string {
  const folder = dir === '.' ? '' : `${dir}/`;
  const name = projectName === '' ? '' : `${projectName.replaceAll('/', '::')}-`;
  return `${folder}${name}${workspace}.tfplan`;
}

function ofProject({ dir, workspace, projectName }: Asked): string {
  const [inDir, of, named] = [dir, workspace, projectName].map((text) => JSON.stringify(text));
  return `for dir ${inDir} workspace ${of} project ${named}`;
}

function isOf(project: Project, other: Asked): boolean {
  return project.dir === other.dir && project.workspace === other.workspace && project.name === other.projectName;
}

/** Undefined when the plan may be applied, or there is nothing (left) to be applied. */
function hindrance(project: PullProject, plan: PullPlan | undefined): string | undefined {
  const { status } = project;
  if (plan) return unfit(project, status);
  const of = ofProject(project);
  if (status === 'plan_errored') return `plan ${of} errored and cannot be applied without a plan file`;
  return ['planned', 'apply_errored', 'policy_check_passed', 'policy_check_errored'].includes(status)
    ? `plan file is missing ${of} with status "${status}"`
    : undefined;
}

function hindranceOfNamed(project: Asked, plan: PullPlan | undefined): string | undefined {
  if (project.status === null) return `no matching plan status exists ${ofProject(project)}`;
  return unfit(project, project.status) ?? (plan ? undefined : `plan file is missing ${ofProject(project)}`);
}

/** Why a project that stands so cannot be applied. */
function unfit(project: Asked, status: ProjectStatus): string | undefined {
  if (status === 'policy_check_errored')
    return `policy checks have errored ${ofProject(project)} and cannot be applied`;
  return appliableStatuses.includes(status)
    ? undefined
    : `plan ${ofProject(project)} has status "${status}" and cannot be applied`;
}
