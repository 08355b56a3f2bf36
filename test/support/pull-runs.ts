import type { Command } from '../../src/commands/index.ts';
import type { Project } from '../../src/projects/index.ts';
import { plansOfPull, type RunOrder, type RunWithJobs } from '../../src/runs/index.ts';
import { git } from './git.ts';
import { usualProjectSettings } from './rules.ts';
import type { RunWorld } from './run-world.ts';

type AskedPullRun = {
  readonly projects?: readonly Partial<Project>[];
  readonly order?: RunOrder;
  /** The commit to work on; the newest of the branch if not given. */
  readonly commitSha?: string;
};

/** A pull request whose runs are asked for as `src/pulls` does. */
export type PullRuns = {
  readonly number: number;
  accept(command: Command, asked?: AskedPullRun): Promise<number>;
  run(command: Command, asked?: AskedPullRun): Promise<RunWithJobs>;
  plan(asked?: AskedPullRun): Promise<RunWithJobs>;
  /** Applies what is planned, or only these plans. */
  applyAll(over?: { planId?: number; commitSha?: string; extraArgs?: readonly string[] }): Promise<RunWithJobs>;
  acceptApply(over?: { planId?: number; commitSha?: string; extraArgs?: readonly string[] }): Promise<number>;
  plans(): Promise<number[]>;
};

/** A project of the root folder, but for what is given. */
export function projectOf(over: Partial<Project> = {}): Project {
  return {
    ...usualProjectSettings,
    name: '',
    dir: '.',
    workspace: 'default',
    terraformVersion: null,
    distribution: null,
    executionOrderGroup: 0,
    whenModified: null,
    ...over,
  };
}

export function pullRuns(world: RunWorld, number = 1): PullRuns {
  const { deps, repo, source } = world;
  const headOf = () => git(source, 'rev-parse', 'HEAD');
  const of = { repoId: repo.id, pullNumber: number };

  const acceptJobs = async (
    command: Command,
    work: { jobs: readonly { project: Project; planId: number | null }[]; order?: RunOrder; commitSha?: string },
  ) => {
    const headSha = await headOf();
    const { jobs, order = { parallel: true, abortOnFail: false }, commitSha = headSha } = work;
    const url = `https://host/acme/infra/pull/${number}`;
    const pull = { number, url, headSha, headBranch: 'main', headRef: null, baseBranch: 'main', mergedInto: null };
    return world.accept('plan', {
      command,
      target: { kind: 'pull', pull, commitSha, jobs, order },
      trigger: { kind: 'pull', commandId: 1 },
    });
  };
  const accept: PullRuns['accept'] = (command, { projects = [{}], ...rest } = {}) =>
    acceptJobs(command, { jobs: projects.map((project) => ({ project: projectOf(project), planId: null })), ...rest });
  const acceptApply: PullRuns['acceptApply'] = async ({ planId, commitSha, extraArgs = [] } = {}) => {
    const plans = (await plansOfPull(deps.db, of)).filter((plan) => planId === undefined || plan.planId === planId);
    const jobs = plans.map((plan) => ({ project: plan.job.project, planId: plan.planId }));
    const sha = commitSha ?? plans[0]?.commitSha;
    return acceptJobs({ kind: 'apply', extraArgs }, { jobs, ...(sha === undefined ? {} : { commitSha: sha }) });
  };
  const run: PullRuns['run'] = async (command, asked) => world.ended(await accept(command, asked));
  return {
    number,
    accept,
    run,
    plan: (asked) => run({ kind: 'plan', extraArgs: [] }, asked),
    acceptApply,
    applyAll: async (over) => world.ended(await acceptApply(over)),
    plans: async () => (await plansOfPull(deps.db, of)).map((plan) => plan.planId),
  };
}
