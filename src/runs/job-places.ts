import type { RunScope } from './change-state.ts';
import { createCheckouts, type RunCheckouts } from './checkouts.ts';
import type { RunDeps } from './deps.ts';
import { type PullPlan, plansOfPull } from './pull-plans.ts';
import type { Job } from './types.ts';

/** Where a job works: the run as of the commit that is checked out for it. */
export type JobPlace = { readonly scope: RunScope; readonly checkouts: RunCheckouts };

export type JobPlaces = {
  of(job: Job): Promise<JobPlace>;
  /** Gives all checkouts back. */
  release(): Promise<void>;
};

/**
 * The places of a run's jobs. Nearly all work at the commit of the run. With the `merge` strategy the saved plans of one
 * head may have been made on several commits of the base branch: each is applied at the commit that it was made at.
 */
export function createJobPlaces(deps: RunDeps, scope: RunScope): JobPlaces {
  const usual = { scope, checkouts: createCheckouts(deps, scope) };
  const places = new Map<string, JobPlace>([[scope.run.commitSha, usual]]);
  let plans: Promise<ReadonlyMap<number, PullPlan>> | undefined;
  return {
    of: async ({ planId }) => {
      if (planId === null || !scope.run.pull?.mergedInto) return usual;
      plans ??= plansById(deps, scope);
      const plan = (await plans).get(planId);
      if (!plan || !isMergeOfSame(scope, plan)) return usual;
      const place = places.get(plan.commitSha) ?? placeOf(deps, scope, plan);
      places.set(plan.commitSha, place);
      return place;
    },
    release: async () => {
      for (const { checkouts } of places.values()) await checkouts.release();
    },
  };
}

/** A plan of another head, or for another base branch, is none of what is to be applied: there it is found not to fit. */
function isMergeOfSame({ run }: RunScope, plan: PullPlan): boolean {
  const [wanted, made] = [run.pull, plan.run.pull];
  if (!wanted?.mergedInto || !made?.mergedInto) return false;
  return made.headSha === wanted.headSha && made.baseBranch === wanted.baseBranch;
}

async function plansById(deps: RunDeps, { run, repo }: RunScope): Promise<ReadonlyMap<number, PullPlan>> {
  const plans = await plansOfPull(deps.db, { repoId: repo.id, pullNumber: run.pullNumber ?? 0 });
  return new Map(plans.map((plan) => [plan.planId, plan]));
}

function placeOf(deps: RunDeps, { run, repo }: RunScope, plan: PullPlan): JobPlace {
  const pull = run.pull && { ...run.pull, mergedInto: plan.run.pull?.mergedInto ?? null };
  const scope = { run: { ...run, commitSha: plan.commitSha, pull }, repo };
  return { scope, checkouts: createCheckouts(deps, scope) };
}
