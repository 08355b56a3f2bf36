import { z } from 'zod';
import type { Mergeability, PullRef } from '../index.ts';
import type { GithubClient } from './client.ts';
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
  if (await isBlockedByIgnoredOnly(client, ref, ignores)) return { mergeable: true };
  return { mergeable: false, reason: 'PR is in state blocked, and cannot bypass mergeable requirements' };
}

const blockersQuery = `query ($owner: String!, $repo: String!, $number: Int!) {
  repository(owner: $owner, name: $repo) {
    pullRequest(number: $number) {
      reviewDecision
      baseRef {
        branchProtectionRule { requiredStatusCheckContexts }
        rules(first: 100) {
          pageInfo { hasNextPage }
          nodes {
            type
            repositoryRuleset { enforcement }
            parameters { ... on RequiredStatusChecksParameters { requiredStatusChecks { context } } }
          }
        }
      }
      commits(last: 1) {
        nodes {
          commit {
            statusCheckRollup {
              contexts(first: 100) {
                pageInfo { hasNextPage }
                nodes {
                  ... on CheckRun { name conclusion startedAt isRequired(pullRequestNumber: $number) }
                  ... on StatusContext { context state isRequired(pullRequestNumber: $number) }
                }
              }
            }
          }
        }
      }
    }
  }
}`;

const checkSchema = z.union([
  z
    .object({ context: z.string(), state: z.string(), isRequired: z.boolean() })
    .transform(({ context, state, isRequired }) => ({ name: context, result: state, isRequired, startedAt: '' })),
  z
    .object({
      name: z.string(),
      conclusion: z.string().nullable(),
      startedAt: z.string().nullable(),
      isRequired: z.boolean(),
    })
    .transform(({ conclusion, startedAt, ...rest }) => ({
      ...rest,
      result: conclusion ?? '',
      startedAt: startedAt ?? '',
    })),
]);

const blockersSchema = z
  .object({
    repository: z.object({
      pullRequest: z.object({
        reviewDecision: z.string().nullable(),
        baseRef: z
          .object({
            branchProtectionRule: z.object({ requiredStatusCheckContexts: z.array(z.string()).nullable() }).nullable(),
            rules: z
              .object({
                pageInfo: z.object({ hasNextPage: z.boolean() }),
                nodes: z.array(
                  z.object({
                    type: z.string(),
                    repositoryRuleset: z.object({ enforcement: z.string() }).nullish(),
                    parameters: z
                      .object({ requiredStatusChecks: z.array(z.object({ context: z.string() })).optional() })
                      .nullable(),
                  }),
                ),
              })
              .nullable(),
          })
          .nullable(),
        commits: z.object({
          nodes: z.array(
            z.object({
              commit: z.object({
                statusCheckRollup: z
                  .object({
                    contexts: z.object({
                      pageInfo: z.object({ hasNextPage: z.boolean() }),
                      nodes: z.array(checkSchema),
                    }),
                  })
                  .nullable(),
              }),
            }),
          ),
        }),
      }),
    }),
  })
  .transform(({ repository: { pullRequest: pull } }) => ({
    reviewDecision: pull.reviewDecision,
    protectedContexts: pull.baseRef?.branchProtectionRule?.requiredStatusCheckContexts ?? [],
    rules: pull.baseRef?.rules?.nodes ?? [],
    hasMoreRules: pull.baseRef?.rules?.pageInfo.hasNextPage === true,
    contexts: pull.commits.nodes[0]?.commit.statusCheckRollup?.contexts,
  }));

type Blockers = z.infer<typeof blockersSchema>;

async function isBlockedByIgnoredOnly(client: GithubClient, ref: PullRef, ignores: (context: string) => boolean) {
  const variables = { ...repoParameters(ref.fullName), number: ref.number };
  return wouldOtherwiseMerge(await client.graphql(blockersQuery, variables, blockersSchema), ignores);
}

const passingResults = ['SUCCESS', 'SKIPPED', 'NEUTRAL'];

/**
 * When reviews and every required check but the ignored ones have passed. Required workflows, and more checks or rules
 * than one page holds, cannot be judged from here: they count as blocking.
 */
function wouldOtherwiseMerge(blockers: Blockers, ignores: (context: string) => boolean): boolean {
  const { reviewDecision, protectedContexts, rules, hasMoreRules, contexts } = blockers;
  const isReviewed = reviewDecision === null || reviewDecision === 'APPROVED';
  const enforced = rules.filter(isEnforced);
  const hasMore = hasMoreRules || contexts?.pageInfo.hasNextPage === true;
  if (!isReviewed || hasMore || enforced.some(({ type }) => type === 'WORKFLOWS')) return false;
  const checks = contexts?.nodes ?? [];
  // GitHub calls a check required of rules that are only tried out, too.
  const onTrial = new Set(contextsOf(rules.filter((rule) => !isEnforced(rule))));
  const required = new Set([
    ...protectedContexts,
    ...contextsOf(enforced),
    ...checks.filter(({ isRequired, name }) => isRequired && !onTrial.has(name)).map(({ name }) => name),
  ]);
  const hasPassed = (name: string) => {
    const runs = checks.filter((check) => check.name === name);
    const newest = runs.toSorted((a, b) => b.startedAt.localeCompare(a.startedAt))[0];
    return newest !== undefined && passingResults.includes(newest.result);
  };
  return [...required].every((name) => ignores(name) || hasPassed(name));
}

type Rule = Blockers['rules'][number];

function isEnforced({ repositoryRuleset }: Rule): boolean {
  return (repositoryRuleset?.enforcement ?? 'ACTIVE') === 'ACTIVE';
}

function contextsOf(rules: readonly Rule[]): string[] {
  return rules.flatMap(({ parameters }) => parameters?.requiredStatusChecks ?? []).map(({ context }) => context);
}
