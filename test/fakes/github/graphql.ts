import { findComment } from './handlers.ts';
import type { FakePull, FakeRepo, FakeRule, FakeState, FakeWorkflowRun } from './state.ts';

type Query = { readonly query: string; readonly variables: Readonly<Record<string, unknown>> };

/** Answers the four questions and changes that GitHub's REST API has no words for. Others are an error. */
export function answerGraphql(state: FakeState, { query, variables }: Query): object {
  if (query.startsWith('mutation')) state.beforeMutation();
  if (query.includes('minimizeComment')) return minimise(state, variables);
  if (query.includes('teams(')) return teams(state, variables);
  const repo = state.repos.get(`${String(variables.owner)}/${String(variables.repo)}`);
  const pull = repo?.pulls.get(Number(variables.number));
  if (!repo || !pull) return { data: { repository: null }, errors: [notFound('Could not resolve to a Repository')] };
  if (query.includes('comments(last')) {
    const end = variables.before === null ? pull.comments.length : Number(variables.before);
    const start = Math.max(0, end - 100);
    const nodes = pull.comments.slice(start, end).map(({ id, minimised }) => ({
      id: `IC_${id}`,
      fullDatabaseId: String(id),
      isMinimized: minimised,
    }));
    const pageInfo = { hasPreviousPage: start > 0, startCursor: String(start) };
    return { data: { repository: { pullRequest: { comments: { pageInfo, nodes } } } } };
  }
  if (query.includes('reviewDecision')) {
    return { data: { repository: { pullRequest: blockersOf({ repo, pull }, variables) } } };
  }
  return { errors: [{ message: 'the fake does not know this query' }] };
}

function blockersOf({ repo, pull }: { repo: FakeRepo; pull: FakePull }, variables: Query['variables']) {
  const latest = new Map(repo.statuses.filter(({ sha }) => sha === pull.headSha).map((one) => [one.context, one]));
  const statuses = [...latest.values()].map(({ context, state: result }) => ({
    context,
    state: result.toUpperCase(),
    // True of rules that are not enforced, too.
    isRequired: [pull.requiredContexts, ...pull.rules.map((rule) => rule.contexts ?? [])].flat().includes(context),
  }));
  const checks = [...statuses, ...pull.workflowRuns.map(checkOf)];
  const rollup = checks.length > 0 ? { contexts: pageAfter(variables.afterCheck, checks) } : null;
  const protection = { requiredStatusCheckContexts: pull.requiredContexts };
  return {
    reviewDecision: pull.reviewDecision,
    baseRef: { branchProtectionRule: protection, rules: pageAfter(variables.afterRule, pull.rules.map(ruleOf)) },
    commits: { nodes: [{ commit: { statusCheckRollup: rollup } }] },
  };
}

function ruleOf({ enforcement, contexts, workflows }: FakeRule) {
  const repositoryRuleset = { enforcement };
  if (workflows) return { type: 'WORKFLOWS', repositoryRuleset, parameters: { workflows } };
  const requiredStatusChecks = (contexts ?? []).map((context) => ({ context }));
  return { type: 'REQUIRED_STATUS_CHECKS', repositoryRuleset, parameters: { requiredStatusChecks } };
}

function checkOf({ number, path, repo, conclusion }: FakeWorkflowRun) {
  const run = { databaseId: number, file: { path, repositoryName: repo } };
  const check = { name: `job of ${path}`, startedAt: '2024-01-01T00:00:00Z', isRequired: false };
  return { ...check, conclusion, checkSuite: { conclusion, workflowRun: run } };
}

function pageAfter<T>(cursor: unknown, all: readonly T[]) {
  const start = Number(cursor ?? 0);
  const end = start + 100;
  return { pageInfo: { hasNextPage: end < all.length, endCursor: String(end) }, nodes: all.slice(start, end) };
}

function minimise(state: FakeState, variables: Query['variables']) {
  const missing = Object.values(variables).filter((id) => {
    const number = Number(String(id).replace('IC_', ''));
    const comment = [...state.repos.values()].map((repo) => findComment(repo, number)).find(Boolean);
    if (comment) comment.minimised = true;
    return comment === undefined;
  });
  const errors = missing.map((id) => notFound(`Could not resolve to a node with the global id of '${String(id)}'.`));
  return { data: {}, ...(errors.length > 0 ? { errors } : {}) };
}

function notFound(message: string) {
  return { type: 'NOT_FOUND', message };
}

function teams(state: FakeState, variables: Query['variables']) {
  if (!state.teams.some(({ org }) => org === variables.org)) {
    const message = `Could not resolve to an Organization with the login of '${String(variables.org)}'.`;
    return { data: { organization: null }, errors: [notFound(message)] };
  }
  const nodes = state.teams
    .filter(({ org, members }) => org === variables.org && members.includes(String(variables.login)))
    .map(({ slug, above }) => ({ slug, ancestors: { nodes: above.map((name) => ({ slug: name })) } }));
  return { data: { organization: { teams: { pageInfo: { hasNextPage: false, endCursor: null }, nodes } } } };
}
