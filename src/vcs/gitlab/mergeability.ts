import { setTimeout as pause } from 'node:timers/promises';
import type { Mergeability, PullRef } from '../index.ts';
import type { GitlabClient } from './client.ts';
import { getApprovals, getProject, getRequest } from './pull-reads.ts';
import { type GitlabMergeRequest, type GitlabProject, type GitlabStatus, statusSchema } from './schemas.ts';
import { isDraft } from './to-pull.ts';

export type MergeabilityOptions = {
  /** How long to wait at first for GitLab to work it out. */
  readonly pollMs: number;
  readonly ignores: (context: string) => boolean;
};

export async function getMergeability(
  client: GitlabClient,
  ref: PullRef,
  { pollMs, ignores }: MergeabilityOptions,
): Promise<Mergeability> {
  const [request, project] = await Promise.all([
    getSettledRequest(client, ref, pollMs),
    getProject(client, ref.fullName),
  ]);
  const reason =
    (await missingApprovals(client, ref, request)) ??
    blockerOf(request, project) ??
    (await blockingStatus(client, ref, { request, project, ignores }));
  return reason === undefined ? { mergeable: true } : { mergeable: false, reason };
}

/** https://docs.gitlab.com/api/merge_requests/#merge-status */
const unsettled = ['unchecked', 'checking', 'preparing', 'approvals_syncing'];

/** GitLab works out whether a merge request can be merged after it was asked. */
async function getSettledRequest(client: GitlabClient, ref: PullRef, pollMs: number): Promise<GitlabMergeRequest> {
  for (let attempt = 1; ; attempt += 1) {
    const request = await getRequest(client, ref);
    const isSettled = !unsettled.includes(request.detailed_merge_status);
    if (isSettled || request.state !== 'opened' || attempt === 6) return request;
    await pause(pollMs * attempt);
  }
}

/** A project with the older setting tells here what is required; how much of that is left must be asked for. */
async function missingApprovals(client: GitlabClient, ref: PullRef, request: GitlabMergeRequest) {
  if (!request.approvals_before_merge) return undefined;
  const left = (await getApprovals(client, ref)).approvals_left ?? 0;
  return left > 0 ? `Still require ${left} approvals` : undefined;
}

/** What CI says is judged by the statuses, of which some do not count. */
const mergeableStatuses = ['mergeable', 'ci_still_running', 'ci_must_pass'];

function blockerOf(request: GitlabMergeRequest, project: GitlabProject): string | undefined {
  const isDiscussed = request.blocking_discussions_resolved === false;
  if (isDiscussed && project.only_allow_merge_if_all_discussions_are_resolved) return 'Blocking discussions unresolved';
  if (isDraft(request)) return 'Work in progress';
  const isSkipped = request.head_pipeline?.status === 'skipped';
  if (isSkipped && !project.allow_merge_on_skipped_pipeline) return 'Pipeline was skipped';
  const { detailed_merge_status: status } = request;
  return mergeableStatuses.includes(status) ? undefined : `Merge status is ${status}`;
}

type Judging = {
  readonly request: GitlabMergeRequest;
  readonly project: GitlabProject;
  readonly ignores: (context: string) => boolean;
};

async function blockingStatus(client: GitlabClient, ref: PullRef, { request, project, ignores }: Judging) {
  if (!project.only_allow_merge_if_pipeline_succeeds) return undefined;
  // A pipeline of merged results belongs to a commit of its own.
  const shas = new Set([request.sha, request.head_pipeline?.sha ?? request.sha]);
  const statuses: GitlabStatus[] = [];
  for (const sha of shas) statuses.push(...(await listStatuses(client, ref.fullName, sha)));
  const blocking = statusesThatCount(statuses, request).find(
    ({ name, status, allow_failure: mayFail }) => status !== 'success' && mayFail !== true && !ignores(name),
  );
  return blocking && `Pipeline ${blocking.name} has status ${blocking.status}`;
}

async function listStatuses(client: GitlabClient, fullName: string, sha: string): Promise<GitlabStatus[]> {
  const { items } = await client.list(
    'listing the statuses of a commit',
    (api, page) => api.commits.allStatuses(fullName, sha, page),
    statusSchema,
  );
  return items;
}

/**
 * Several merge requests may share a commit, and each has its pipelines. Those of this one count, those of its branch
 * where it has none of that name, and those of no ref; and of each name and ref the newest.
 */
export function statusesThatCount(
  statuses: readonly GitlabStatus[],
  request: Pick<GitlabMergeRequest, 'iid' | 'source_branch'>,
): GitlabStatus[] {
  const ownRefs = ['head', 'merge'].map((name) => `refs/merge-requests/${request.iid}/${name}`);
  const isOwn = ({ ref }: GitlabStatus) => ownRefs.includes(ref ?? '');
  const ownNames = new Set(statuses.filter(isOwn).map(({ name }) => name));
  const counts = (status: GitlabStatus) =>
    isOwn(status) || !status.ref || (status.ref === request.source_branch && !ownNames.has(status.name));
  const newest = new Map<string, GitlabStatus>();
  for (const status of statuses.filter(counts).toSorted((a, b) => a.id - b.id)) {
    newest.set(`${status.ref ?? ''}\n${status.name}`, status);
  }
  return [...newest.values()];
}
