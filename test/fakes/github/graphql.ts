import { findComment } from './handlers.ts';
import type { FakeState } from './state.ts';

type Query = { readonly query: string; readonly variables: Readonly<Record<string, unknown>> };

/** Answers the four questions and changes that GitHub's REST API has no words for. Others are an error. */
export function answerGraphql(state: FakeState, { query, variables }: Query): object {
  if (query.includes('minimizeComment')) return { data: minimise(state, variables) };
  if (query.includes('teams(')) return { data: teams(state, variables) };
  const repo = state.repos.get(`${String(variables.owner)}/${String(variables.repo)}`);
  const pull = repo?.pulls.get(Number(variables.number));
  if (!repo || !pull)
    return { data: null, errors: [{ type: 'NOT_FOUND', message: 'Could not resolve to a PullRequest' }] };
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
      isRequired: pull.requiredContexts.includes(context),
    }));
    const rollup = nodes.length > 0 ? { contexts: { pageInfo: { hasNextPage: false }, nodes } } : null;
    const protection = { requiredStatusCheckContexts: pull.requiredContexts };
    const pullRequest = {
      reviewDecision: pull.reviewDecision,
      baseRef: { branchProtectionRule: protection, rules: { nodes: [] } },
      commits: { nodes: [{ commit: { statusCheckRollup: rollup } }] },
    };
    return { data: { repository: { pullRequest } } };
  }
  return { errors: [{ message: 'the fake does not know this query' }] };
}

function minimise(state: FakeState, variables: Query['variables']) {
  for (const id of Object.values(variables)) {
    const number = Number(String(id).replace('IC_', ''));
    const comment = [...state.repos.values()].map((repo) => findComment(repo, number)).find(Boolean);
    if (comment) comment.minimised = true;
  }
  return {};
}

function teams(state: FakeState, variables: Query['variables']) {
  if (!state.teams.some(({ org }) => org === variables.org)) return { organization: null };
  const nodes = state.teams
    .filter(({ org, members }) => org === variables.org && members.includes(String(variables.login)))
    .map(({ slug, above }) => ({ slug, ancestors: { nodes: above.map((name) => ({ slug: name })) } }));
  return { organization: { teams: { pageInfo: { hasNextPage: false, endCursor: null }, nodes } } };
}
