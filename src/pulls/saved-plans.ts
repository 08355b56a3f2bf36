import type { ProjectStatus } from '../comments/index.ts';
import { inByteOrder } from '../lib/byte-order.ts';
import type { Project } from '../projects/index.ts';
import { plansOfPull } from '../runs/index.ts';
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

export type ReadyPlans = {
  readonly kind: 'ready';
  readonly appliable: readonly Appliable[];
  readonly hindered: readonly Hindered[];
};

export type SavedOnPull =
  | ReadyPlans
  /** Nothing may be applied, for a reason that holds for all. */
  | { readonly kind: 'rejected'; readonly message: string };

/** What is known of a pull request's plans. */
export type Standing = {
  readonly pull: Pick<PullRecord, 'planned'>;
  readonly live: Pick<Pull, 'headSha' | 'baseBranch'>;
  readonly record: readonly PullProject[];
  /** Oldest first, at most one for each project. */
  readonly plans: readonly Appliable[];
  readonly executableName: string;
};

export async function standingOf(deps: PullDeps, pull: PullRecord, live: Pull): Promise<Standing> {
  const saved = await plansOfPull(deps.db, { repoId: pull.repo.id, pullNumber: pull.number });
  // The API may have been asked to plan another commit in between.
  const plans = saved.filter(({ run }) => run.pull?.headSha === pull.planned?.headSha);
  return {
    ...{ pull, live, executableName: deps.pullSettings.executableName },
    record: await selectProjects(deps.db, pull.id),
    plans: plans.map(({ planId, commitSha, run, job }) => ({
      ...{ planId, commitSha, project: job.project },
      mergedInto: run.pull?.mergedInto ?? null,
    })),
  };
}

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
export function waitingPlans({ pull, live, record, plans, executableName }: Standing): SavedOnPull {
  const again = planAgain(executableName);
  const subject = plans.length > 0 ? 'plans are' : 'recorded plan status is';
  const outdated = outdatedText(pull, live, { subject, head: 'current head' });
  if (outdated !== undefined) return { kind: 'rejected', message: `${outdated}; ${again} before apply` };
  if (!pull.planned || (record.length === 0 && plans.length > 0)) {
    return { kind: 'rejected', message: `no plan found; ${again} first` };
  }
  const inOrder = record.toSorted(asPlanFiles);
  const sorted = sortOut(inOrder, plans, (project, plan) => after(hindrance(project, plan), again));
  if (sorted.appliable.length > 0 || !record.some(isThrownAway)) return sorted;
  if (sorted.hindered.length === 0) {
    return { kind: 'rejected', message: `the plans of this pull request were discarded; ${again} before apply` };
  }
  return sortOut(inOrder, plans, (project, plan) => {
    const reason = isThrownAway(project) ? unfit(project, project.status) : hindrance(project, plan);
    return after(reason, again);
  });
}

/** After an import or a removal from the state, which a job has done, it is as if nothing were left to be applied. */
function isThrownAway({ status, jobId }: PullProject): boolean {
  return status === 'plan_discarded' && jobId === null;
}

/** The same for projects that somebody has named, in their order: each of them can be applied, or something is in the way. */
export function namedPlans(
  { pull, live, record, plans, executableName }: Standing,
  projects: readonly Pick<Project, 'dir' | 'workspace' | 'name'>[],
): SavedOnPull {
  if (!pull.planned) return { kind: 'rejected', message: 'no working directory found–did you run plan?' };
  const again = planAgain(executableName);
  const outdated = outdatedText(pull, live, { subject: 'recorded plan status is', head: 'live pull request head' });
  const named = projects.map(({ dir, workspace, name: projectName }) => {
    const known = record.find(
      (one) => one.dir === dir && one.workspace === workspace && one.projectName === projectName,
    );
    return known ?? { dir, workspace, projectName, status: null };
  });
  const isTouched = ({ workspace }: Asked) => record.some((one) => one.workspace === workspace);
  return sortOut(named, plans, (project, plan) => {
    if (project.workspace !== defaultWorkspace && !isTouched(project)) return neverPlannedThere;
    return outdated === undefined
      ? after(hindranceOfNamed(project, plan), again)
      : `${outdated}; ${again} before apply`;
  });
}

const defaultWorkspace = 'default';
/** Of a workspace in which nothing was planned, where Atlantis has no checkout. */
const neverPlannedThere = 'project has not been cloned–did you run plan?';

/**
 * For a repository where a failure keeps later execution order groups from running: a project that cannot be applied
 * keeps them waiting, too. `groupOf` tells the group of one that is hindered.
 */
export function waitForGroups(saved: ReadyPlans, groupOf: (project: Hindered['project']) => number): ReadyPlans {
  const [first] = saved.hindered.toSorted((one, other) => groupOf(one.project) - groupOf(other.project));
  if (!first) return saved;
  const waits = ({ project }: Appliable) => project.executionOrderGroup > groupOf(first.project);
  const waiting = saved.appliable.filter(waits).map(({ project }): Hindered => {
    const { dir, workspace, name: projectName } = project;
    const reason = `plan ${ofProject({ dir, workspace, projectName })} waits for an earlier execution order group`;
    return { project: { dir, workspace, projectName }, reason };
  });
  const appliable = saved.appliable.filter((plan) => !waits(plan));
  return { kind: 'ready', appliable, hindered: [...saved.hindered, ...waiting] };
}

function after(reason: string | undefined, again: string): string | undefined {
  return reason === undefined ? undefined : `${reason}; ${again}`;
}

function planAgain(executableName: string): string {
  return `run \`${executableName} plan\``;
}

/** Undefined when the plans are for the head and base of now. */
function outdatedText(
  { planned }: Standing['pull'],
  live: Standing['live'],
  { subject, head }: { readonly subject: string; readonly head: string },
): string | undefined {
  if (!planned) return undefined;
  if (planned.headSha !== live.headSha) {
    return `${subject} from commit ${short(planned.headSha)} but ${head} is ${short(live.headSha)}`;
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
  plans: readonly Appliable[],
  why: (project: P, plan: Appliable | undefined) => string | undefined,
): ReadyPlans {
  const appliable: Appliable[] = [];
  const hindered: Hindered[] = [];
  for (const project of asked) {
    const plan = plans.findLast((one) => isOf(one.project, project));
    const reason = why(project, plan);
    if (reason !== undefined) hindered.push({ project, reason });
    else if (plan) appliable.push(plan);
  }
  appliable.sort((one, other) => one.project.executionOrderGroup - other.project.executionOrderGroup);
  return { kind: 'ready', appliable, hindered };
}

function asPlanFiles(one: PullProject, other: PullProject): number {
  return inByteOrder(one.workspace, other.workspace) || inByteOrder(planFile(one), planFile(other));
}

/** Where Atlantis keeps the plan of a project, in its checkout. */
function planFile({ dir, workspace, projectName }: PullProject): string {
  const folder = dir === '.' ? '' : `${dir}/`;
  const name = projectName === '' ? '' : `${projectName.replaceAll('/', '::')}-`;
  return `${folder}${name}${workspace}.tfplan`;
}

function ofProject({ dir, workspace, projectName }: Hindered['project']): string {
  const [inDir, of, named] = [dir, workspace, projectName].map((text) => JSON.stringify(text));
  return `for dir ${inDir} workspace ${of} project ${named}`;
}

function isOf(project: Pick<Project, 'dir' | 'workspace' | 'name'>, other: Asked): boolean {
  return project.dir === other.dir && project.workspace === other.workspace && project.name === other.projectName;
}

/** Undefined when the plan may be applied, or there is nothing (left) to be applied. */
function hindrance(project: PullProject, plan: Appliable | undefined): string | undefined {
  const { status } = project;
  if (plan) return unfit(project, status);
  const of = ofProject(project);
  if (status === 'plan_errored') return `plan ${of} errored and cannot be applied without a plan file`;
  return ['planned', 'apply_errored', 'policy_check_passed', 'policy_check_errored'].includes(status)
    ? `plan file is missing ${of} with status "${status}"`
    : undefined;
}

function hindranceOfNamed(project: Asked, plan: Appliable | undefined): string | undefined {
  if (project.status === null) return `no matching plan status exists ${ofProject(project)}`;
  return unfit(project, project.status) ?? (plan ? undefined : `plan file is missing ${ofProject(project)}`);
}

/** Why a project that stands so cannot be applied. */
function unfit(project: Asked, status: ProjectStatus): string | undefined {
  const of = ofProject(project);
  if (status === 'policy_check_errored') return `policy checks have errored ${of} and cannot be applied`;
  return appliableStatuses.includes(status) ? undefined : `plan ${of} has status "${status}" and cannot be applied`;
}
