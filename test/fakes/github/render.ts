import type { GithubDescription } from './description.ts';
import type { FakeComment, FakePull, FakeRepo, FakeReview } from './state.ts';

/** Objects as GitHub writes them: the examples of its description, with the fake's own state in their place. */
export type Render = {
  repo(repo: FakeRepo): Record<string, unknown>;
  pull(repo: FakeRepo, pull: FakePull): Record<string, unknown>;
  comment(comment: FakeComment): Record<string, unknown>;
  review(review: FakeReview): Record<string, unknown>;
  user(login: string): Record<string, unknown>;
};

export function createRender(description: GithubDescription, webUrl: () => string): Render {
  // The examples are older than what they are examples of.
  const { source: _, parent: __, ...shown } = description.example('GET /repos/{owner}/{repo}', 200);
  const repoExample: Record<string, unknown> = { ...shown, language: 'HCL' };
  const shownPull = description.example('GET /repos/{owner}/{repo}/pulls/{pull_number}', 200);
  const pullExample: Record<string, unknown> = { ...shownPull, requested_teams: [] };
  const commentExample = description.example('GET /repos/{owner}/{repo}/issues/{issue_number}/comments', 200);
  const reviewExample = description.example('GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews', 200);
  const someUser = repoExample.owner as Record<string, unknown>;
  const user = (login: string) => ({ ...someUser, login, type: login.endsWith('[bot]') ? 'Bot' : 'User' });
  const named = (example: Record<string, unknown>, fullName: string) => {
    const [owner = '', name = ''] = fullName.split('/');
    const urls = { clone_url: `${webUrl()}/${fullName}.git`, html_url: `${webUrl()}/${fullName}` };
    return { ...example, full_name: fullName, name, owner: user(owner), ...urls };
  };
  const repo = ({ id, fullName, allowed, permissions }: FakeRepo) => ({
    ...named(repoExample, fullName),
    id,
    permissions,
    allow_merge_commit: allowed.merge,
    allow_rebase_merge: allowed.rebase,
    allow_squash_merge: allowed.squash,
  });
  const pull = ({ fullName }: FakeRepo, of: FakePull) => {
    const head = pullExample.head as Record<string, unknown>;
    const base = pullExample.base as Record<string, unknown>;
    const repoOf = (side: Record<string, unknown>, name: string) => named(side.repo as Record<string, unknown>, name);
    const headRepo = of.headRepo === null ? null : repoOf(head, of.headRepo);
    return {
      ...pullExample,
      number: of.number,
      html_url: `${webUrl()}/${fullName}/pull/${of.number}`,
      title: of.title,
      user: user(of.author),
      head: { ...head, ref: of.headBranch, sha: of.headSha, repo: headRepo },
      base: { ...base, ref: of.baseBranch, repo: repoOf(base, fullName) },
      state: of.state,
      merged: of.merged,
      draft: of.draft,
      mergeable_state: of.mergeableState,
      labels: of.labels.map((name, id) => ({ ...(pullExample.labels as object[])[0], id, name })),
    };
  };
  return {
    repo,
    pull,
    comment: ({ id, author, body }) => ({ ...commentExample, id, node_id: `IC_${id}`, user: user(author), body }),
    review: ({ id, login, state }) => ({ ...reviewExample, id, user: user(login), state }),
    user,
  };
}
