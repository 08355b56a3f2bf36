import { findComment } from './handlers.ts';
import type { FakePull, FakeState } from './state.ts';

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
    const latest = new Map(repo.statuses.filter(({ sha }) => sha === pull.headSha).map((one) => [one.context, one]));
    const nodes = [...latest.values()].map(({ context, state: result }) => ({
      context,
      state: result.toUpperCase(),
      // True of rules that are not enforced, too.
      isRequired: [pull.requiredContexts, ...pull.rules.map((rule) => rule.contexts)].flat().includes(context),
    }));
    const rollup = nodes.length > 0 ? { contexts: { pageInfo: { hasNextPage: false }, nodes } } : null;
    const protection = { requiredStatusCheckContexts: pull.requiredContexts };
    const pullRequest = {
      reviewDecision: pull.reviewDecision,
      baseRef: { branchProtectionRule: protection, rules: { pageInfo: { hasNextPage: false }, nodes: rulesOf(pull) } },
      commits: { nodes: [{ commit: { statusCheckRollup: rollup } }] },
    };
    return { data: { repository: { pullRequest } } };
  }
  return { errors: [{ message: 'the fake does not know this query' }] };
}

function rulesOf({ rules }: FakePull) {
  return rules.map(({ enforcement, contexts }) => ({
    type: 'REQUIRED_STATUS_CHECKS',
    repositoryRuleset: { enforcement },
    parameters: { requiredStatusChecks: contexts.map((context) => ({ context })) },
  }));
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
