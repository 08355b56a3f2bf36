import { z } from 'zod';
import type { PullRef } from '../index.ts';
import type { GithubClient } from './client.ts';
import { repoParameters } from './pull-reads.ts';

const query = `query ($owner: String!, $repo: String!, $number: Int!, $afterRule: String, $afterCheck: String) {
  repository(owner: $owner, name: $repo) {
    pullRequest(number: $number) {
      reviewDecision
      baseRef {
        branchProtectionRule { requiredStatusCheckContexts }
        rules(first: 100, after: $afterRule) {
          pageInfo { hasNextPage endCursor }
          nodes {
            type
            repositoryRuleset { enforcement }
            parameters {
              ... on RequiredStatusChecksParameters { requiredStatusChecks { context } }
              ... on WorkflowsParameters { workflows { path repositoryId } }
            }
          }
        }
      }
      commits(last: 1) {
        nodes {
          commit {
            statusCheckRollup {
              contexts(first: 100, after: $afterCheck) {
                pageInfo { hasNextPage endCursor }
                nodes {
                  ... on CheckRun {
                    name conclusion startedAt isRequired(pullRequestNumber: $number)
                    checkSuite { conclusion workflowRun { databaseId file { path repositoryName } } }
                  }
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

/** A run of a workflow that the checks of a commit belong to. */
const suiteSchema = z
  .object({
    conclusion: z.string().nullable(),
    workflowRun: z
      .object({
        databaseId: z.number().nullable(),
        // `repositoryName` is the full name.
        file: z.object({ path: z.string(), repositoryName: z.string() }).nullable(),
      })
      .nullable(),
  })
  .nullish()
  .transform((suite) => {
    const { databaseId, file } = suite?.workflowRun ?? {};
    return file ? { number: databaseId ?? 0, ...file, result: suite?.conclusion ?? '' } : null;
  });

const checkSchema = z.union([
  z
    .object({ context: z.string(), state: z.string(), isRequired: z.boolean() })
    .transform(({ context: name, state: result, isRequired }) => {
      return { name, result, isRequired, startedAt: '', workflow: null };
    }),
  z
    .object({
      name: z.string(),
      conclusion: z.string().nullable(),
      startedAt: z.string().nullable(),
      isRequired: z.boolean(),
      checkSuite: suiteSchema,
    })
    .transform(({ conclusion, startedAt, checkSuite: workflow, ...rest }) => {
      return { ...rest, result: conclusion ?? '', startedAt: startedAt ?? '', workflow };
    }),
]);

const ruleSchema = z.object({
  type: z.string(),
  repositoryRuleset: z.object({ enforcement: z.string() }).nullish(),
  parameters: z
    .object({
      requiredStatusChecks: z.array(z.object({ context: z.string() })).optional(),
      workflows: z.array(z.object({ path: z.string(), repositoryId: z.number() })).optional(),
    })
    .nullable(),
});

function connection<T>(node: z.ZodType<T>) {
  return z
    .object({
      pageInfo: z.union([
        z.object({ hasNextPage: z.literal(false) }),
        z.object({ hasNextPage: z.literal(true), endCursor: z.string() }),
      ]),
      nodes: z.array(node),
    })
    .nullish()
    .transform((page) => ({
      nodes: page?.nodes ?? [],
      next: page?.pageInfo.hasNextPage ? page.pageInfo.endCursor : null,
    }));
}

const pageSchema = z
  .object({
    repository: z.object({
      pullRequest: z.object({
        reviewDecision: z.string().nullable(),
        baseRef: z
          .object({
            branchProtectionRule: z.object({ requiredStatusCheckContexts: z.array(z.string()).nullable() }).nullable(),
            rules: connection(ruleSchema),
          })
          .nullable(),
        commits: z.object({
          nodes: z.array(
            z.object({
              commit: z.object({ statusCheckRollup: z.object({ contexts: connection(checkSchema) }).nullable() }),
            }),
          ),
        }),
      }),
    }),
  })
  .transform(({ repository: { pullRequest: pull } }) => ({
    reviewDecision: pull.reviewDecision,
    protectedContexts: pull.baseRef?.branchProtectionRule?.requiredStatusCheckContexts ?? [],
    rules: pull.baseRef?.rules ?? { nodes: [], next: null },
    checks: pull.commits.nodes[0]?.commit.statusCheckRollup?.contexts ?? { nodes: [], next: null },
  }));

export type Rule = z.infer<typeof ruleSchema>;
export type Check = z.infer<typeof checkSchema>;

/** What may keep a pull request from being merged. */
export type Blockers = {
  readonly reviewDecision: string | null;
  readonly protectedContexts: readonly string[];
  readonly rules: readonly Rule[];
  readonly checks: readonly Check[];
  /** False when there is more than we read. */
  readonly complete: boolean;
};

const mostPages = 20;

export async function readBlockers(client: GithubClient, ref: PullRef): Promise<Blockers> {
  const rules = newReading<Rule>();
  const checks = newReading<Check>();
  for (let page = 1; ; page += 1) {
    const after = { afterRule: rules.after, afterCheck: checks.after };
    const variables = { ...repoParameters(ref.fullName), number: ref.number, ...after };
    const read: z.infer<typeof pageSchema> = await client.graphql(query, variables, pageSchema);
    take(rules, read.rules);
    take(checks, read.checks);
    const complete = rules.isOver && checks.isOver;
    if (!complete && page < mostPages) continue;
    const { reviewDecision, protectedContexts } = read;
    return { reviewDecision, protectedContexts, rules: rules.items, checks: checks.items, complete };
  }
}

type Reading<T> = { readonly items: T[]; after: string | null; isOver: boolean };

function newReading<T>(): Reading<T> {
  return { items: [], after: null, isOver: false };
}

/** A list that is over is read along with the other one from where it last was, for nothing. */
function take<T>(reading: Reading<T>, page: { readonly nodes: readonly T[]; readonly next: string | null }): void {
  if (reading.isOver) return;
  reading.items.push(...page.nodes);
  reading.isOver = page.next === null;
  reading.after = page.next ?? reading.after;
}
