import { z } from 'zod';
import type { Mergeability, PullRef } from '../index.ts';
import type { GithubClient } from './client.ts';
import { type Blockers, type Check, type Rule, readBlockers } from './merge-blockers.ts';
import { getSettledPull, repoParameters } from './pull-reads.ts';

export type MergeabilityOptions = {
  /** `--gh-allow-mergeable-bypass-apply`: required statuses of our own that are open do not count. */
  readonly allowBypass: boolean;
  /** How long to wait at first for GitHub to work it out. */
  readonly pollMs: number;
  readonly ignores: (context: string) => boolean;
};

/** https://docs.github.com/en/graphql/reference/enums#mergestatestatus */
const mergeableStates = ['clean', 'unstable', 'has_hooks'];

export async function getMergeability(
  client: GithubClient,
  ref: PullRef,
  { allowBypass, pollMs, ignores }: MergeabilityOptions,
): Promise<Mergeability> {
  const pull = await getSettledPull(client, ref, pollMs);
  if (pull.draft) return { mergeable: false, reason: 'PR is a draft' };
  const state = pull.mergeable_state || '<unknown>';
  if (mergeableStates.includes(state)) return { mergeable: true };
  if (state !== 'blocked' || !allowBypass) return { mergeable: false, reason: `PR is in state ${state}` };
  const blockers = await readBlockers(client, ref);
  if (wouldOtherwiseMerge(blockers, ignores) && (await haveWorkflowsPassed(client, blockers)))
    return { mergeable: true };
  return { mergeable: false, reason: 'PR is in state blocked, and cannot bypass mergeable requirements' };
}

const passingResults = ['SUCCESS', 'SKIPPED', 'NEUTRAL'];

/** When reviews and every required check but the ignored ones have passed. */
function wouldOtherwiseMerge(blockers: Blockers, ignores: (context: string) => boolean): boolean {
  const { reviewDecision, protectedContexts, rules, checks, complete } = blockers;
  const isReviewed = reviewDecision === null || reviewDecision === 'APPROVED';
  if (!isReviewed || !complete) return false;
  // GitHub calls a check required of rules that are only tried out, too.
  const onTrial = new Set(contextsOf(rules.filter((rule) => !isEnforced(rule))));
  const required = new Set([
    ...protectedContexts,
    ...contextsOf(rules.filter(isEnforced)),
    ...checks.filter(({ isRequired, name }) => isRequired && !onTrial.has(name)).map(({ name }) => name),
  ]);
  const hasPassed = (name: string) => {
    const runs = checks.filter((check) => check.name === name);
    const newest = runs.toSorted((a, b) => b.startedAt.localeCompare(a.startedAt))[0];
    return newest !== undefined && passingResults.includes(newest.result);
  };
  return [...required].every((name) => ignores(name) || hasPassed(name));
}

/** A workflow that a ruleset requires, wherever it is kept, has passed when its newest run has. */
async function haveWorkflowsPassed(client: GithubClient, { rules, checks }: Blockers): Promise<boolean> {
  for (const { parameters } of rules.filter((rule) => isEnforced(rule) && rule.type === 'WORKFLOWS')) {
    if (!parameters?.workflows) return false;
    for (const workflow of parameters.workflows) {
      if (!(await hasWorkflowPassed(client, workflow, checks))) return false;
    }
  }
  return true;
}

type Workflow = { readonly path: string; readonly repositoryId: number };

async function hasWorkflowPassed(client: GithubClient, { path, repositoryId }: Workflow, checks: readonly Check[]) {
  const runs = checks.flatMap(({ workflow }) => (workflow?.path === path ? workflow : []));
  for (const { repositoryName, result } of runs.toSorted((a, b) => b.number - a.number)) {
    // The rule names the repository by its id alone, and the run by its name.
    const repo = await client.find('GET /repos/{owner}/{repo}', repoParameters(repositoryName), idSchema);
    if (repo?.id === repositoryId) return result === 'SUCCESS';
  }
  return false;
}

const idSchema = z.object({ id: z.number() });

function isEnforced({ repositoryRuleset }: Rule): boolean {
  return (repositoryRuleset?.enforcement ?? 'ACTIVE') === 'ACTIVE';
}

function contextsOf(rules: readonly Rule[]): string[] {
  return rules.flatMap(({ parameters }) => parameters?.requiredStatusChecks ?? []).map(({ context }) => context);
}
