import type { Pull } from '../index.ts';
import type { GitlabMergeRequest, RequestEvent } from './schemas.ts';

/** GitLab's name for the author of what a deleted account left. */
export const ghost = 'ghost';

/** Our own view of GitLab's merge request. Its own words name the head's repo by a number alone. */
export function pullOfRequest(request: GitlabMergeRequest, headRepo: string | null): Pull {
  return {
    number: request.iid,
    url: request.web_url,
    title: request.title,
    author: request.author?.username ?? ghost,
    headBranch: request.source_branch,
    headSha: request.sha,
    headRepo: headRepo === null ? null : ownedRepo(headRepo),
    headRef: headRefOf(request.iid),
    baseBranch: request.target_branch,
    open: isOpen(request.state),
    merged: request.state === 'merged',
    draft: isDraft(request),
    labels: request.labels,
  };
}

/** The same of an event, which gives the author as a number: the login is taken from wherever it stands beside that. */
export function pullOfEvent(event: RequestEvent): Pull {
  const { object_attributes: request, user } = event;
  const named = [user, ...(event.assignees ?? []), ...(event.reviewers ?? [])];
  const author = named.find(({ id }) => typeof id === 'number' && id === request.author_id) ?? user;
  return {
    number: request.iid,
    url: request.url,
    title: request.title,
    author: author.username,
    headBranch: request.source_branch,
    headSha: request.last_commit.id,
    headRepo: request.source ? ownedRepo(request.source.path_with_namespace) : null,
    headRef: headRefOf(request.iid),
    baseBranch: request.target_branch,
    open: isOpen(request.state),
    merged: request.state === 'merged',
    draft: isDraft(request),
    labels: (request.labels ?? event.labels ?? []).map(({ title }) => title),
  };
}

/** `work_in_progress` is the older name. */
export function isDraft(request: {
  draft?: boolean | null | undefined;
  work_in_progress?: boolean | null | undefined;
}) {
  return (request.draft ?? request.work_in_progress) === true;
}

/** A merge request is locked while it is being merged, and opened again if that goes wrong. */
function isOpen(state: string): boolean {
  return state === 'opened' || state === 'locked';
}

/** https://docs.gitlab.com/user/project/merge_requests/versions/: the base repo has the head of forks too. */
function headRefOf(iid: number): string {
  return `refs/merge-requests/${iid}/head`;
}

function ownedRepo(fullName: string): { readonly fullName: string; readonly owner: string } {
  return { fullName, owner: fullName.slice(0, fullName.lastIndexOf('/')) };
}
