import { type FakeComment, type FakePull, type FakeRepo, type FakeReview, type FakeState, isDraft } from './state.ts';

/** Objects as Gitea writes them. */
export type Render = {
  user(login: string): Record<string, unknown>;
  repo(repo: FakeRepo): Record<string, unknown>;
  pull(repo: FakeRepo, pull: FakePull): Record<string, unknown>;
  issue(repo: FakeRepo, pull: FakePull): Record<string, unknown>;
  comment(of: { repo: FakeRepo; pull: FakePull; comment: FakeComment }): Record<string, unknown>;
  review(review: FakeReview): Record<string, unknown>;
};

const then = '2026-01-02T03:04:05Z';

export function createRender(state: FakeState, webUrl: () => string): Render {
  const user = (login: string) => ({
    id: idOf(login),
    login,
    login_name: '',
    source_id: 0,
    full_name: '',
    email: `${login}@noreply.example.com`,
    avatar_url: `${webUrl()}/avatars/${login}`,
    html_url: `${webUrl()}/${login}`,
    language: '',
    is_admin: false,
    last_login: '0001-01-01T00:00:00Z',
    created: then,
    restricted: false,
    active: false,
    prohibit_login: false,
    location: '',
    website: '',
    description: '',
    visibility: 'public',
    followers_count: 0,
    following_count: 0,
    starred_repos_count: 0,
  });
  const named = (fullName: string) => {
    const [owner = '', name = ''] = fullName.split('/');
    return {
      id: idOf(fullName),
      owner: user(owner),
      name,
      full_name: fullName,
      description: '',
      empty: false,
      private: true,
      fork: false,
      parent: null,
      html_url: `${webUrl()}/${fullName}`,
      url: `${webUrl()}/api/v1/repos/${fullName}`,
      ssh_url: `git@git.example.com:${fullName}.git`,
      // Of another address, as where ROOT_URL is not the one that we use.
      clone_url: `http://git.internal:3000/${fullName}.git`,
      default_branch: 'main',
      archived: false,
      created_at: then,
      updated_at: then,
      archived_at: '1970-01-01T00:00:00Z',
      permissions: { admin: false, push: true, pull: true },
      has_pull_requests: true,
      internal: false,
      mirror_interval: '',
      object_format_name: 'sha1',
      topics: [],
      repo_transfer: null,
    };
  };
  const repo = ({ fullName, allowed, permissions }: FakeRepo) => ({
    ...named(fullName),
    permissions,
    allow_merge_commits: allowed.merge,
    allow_rebase: allowed.rebase,
    allow_squash_merge: allowed.squash,
    default_merge_style: 'merge',
  });
  const labels = (of: FakePull) =>
    of.labels.map((name, index) => ({
      id: index + 1,
      name,
      exclusive: false,
      is_archived: false,
      color: '00aabb',
      description: '',
      url: '',
    }));
  const url = (fullName: string, { number }: FakePull) => `${webUrl()}/${fullName}/pulls/${number}`;
  const head = (fullName: string, of: FakePull) => ({
    label: of.headBranch,
    ref: of.headRepo === null ? `refs/pull/${of.number}/head` : of.headBranch,
    sha: of.headSha,
    repo_id: of.headRepo === null ? -1 : idOf(of.headRepo),
    repo: of.headRepo === null ? null : named(of.headRepo === fullName ? fullName : of.headRepo),
  });
  const pull = (of: FakeRepo, one: FakePull) => ({
    id: 1000 + one.number,
    url: url(of.fullName, one),
    number: one.number,
    user: user(one.author),
    title: one.title,
    body: '',
    labels: labels(one),
    milestone: null,
    assignee: null,
    assignees: null,
    requested_reviewers: null,
    requested_reviewers_teams: null,
    state: one.state,
    draft: isDraft(one),
    is_locked: false,
    comments: one.comments.length,
    html_url: url(of.fullName, one),
    diff_url: `${url(of.fullName, one)}.diff`,
    patch_url: `${url(of.fullName, one)}.patch`,
    mergeable: !one.hasConflict && one.checksLeft === 0 && !isDraft(one),
    merged: one.merged,
    merged_at: one.merged ? then : null,
    merge_commit_sha: one.merged ? one.headSha : null,
    merged_by: one.merged ? user(state.login) : null,
    allow_maintainer_edit: false,
    base: {
      label: one.baseBranch,
      ref: one.baseBranch,
      sha: 'b'.repeat(40),
      repo_id: idOf(of.fullName),
      repo: repo(of),
    },
    head: head(of.fullName, one),
    merge_base: 'b'.repeat(40),
    due_date: null,
    created_at: then,
    updated_at: then,
    closed_at: one.state === 'closed' ? then : null,
    pin_order: 0,
  });
  return {
    user,
    repo,
    pull,
    issue: (of, one) => ({
      id: 1000 + one.number,
      url: `${webUrl()}/api/v1/repos/${of.fullName}/issues/${one.number}`,
      html_url: url(of.fullName, one),
      number: one.number,
      user: user(one.author),
      title: one.title,
      body: '',
      labels: labels(one),
      state: one.state,
      comments: one.comments.length,
      pull_request: { merged: one.merged, merged_at: null, draft: isDraft(one), html_url: url(of.fullName, one) },
      repository: {
        id: idOf(of.fullName),
        name: of.fullName.split('/')[1],
        owner: of.fullName.split('/')[0],
        full_name: of.fullName,
      },
    }),
    comment: ({ repo: of, pull: on, comment }) => ({
      id: comment.id,
      html_url: `${url(of.fullName, on)}#issuecomment-${comment.id}`,
      pull_request_url: url(of.fullName, on),
      issue_url: '',
      user: user(comment.author),
      original_author: '',
      original_author_id: 0,
      body: comment.body,
      assets: [],
      created_at: then,
      updated_at: then,
    }),
    review: (review) => ({
      id: review.id,
      user: review.login === null ? null : user(review.login),
      team: null,
      state: review.state,
      body: '',
      commit_id: 'c'.repeat(40),
      stale: false,
      official: review.state === 'APPROVED',
      dismissed: review.dismissed,
      comments_count: 0,
      submitted_at: then,
      updated_at: then,
      html_url: '',
      pull_request_url: '',
    }),
  };
}

/** Gitea's own users have ids below zero. */
function idOf(name: string): number {
  if (name.endsWith('-actions')) return -2;
  return Buffer.from(name).reduce((sum, byte) => (sum * 31 + byte) % 100_003, 7);
}
