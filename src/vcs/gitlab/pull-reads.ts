import type { ChangedFiles, Pull, PullComment, PullRef } from '../index.ts';
import type { GitlabClient } from './client.ts';
import {
  approvalsSchema,
  diffSchema,
  fileSchema,
  type GitlabMergeRequest,
  type GitlabProject,
  mergeRequestSchema,
  noteSchema,
  projectSchema,
} from './schemas.ts';
import { ghost, pullOfRequest } from './to-pull.ts';

export function findProject(client: GitlabClient, project: string | number): Promise<GitlabProject | undefined> {
  return client.find('reading a project', (api) => api.projects.show(project), projectSchema);
}

export function getProject(client: GitlabClient, fullName: string): Promise<GitlabProject> {
  return client.ask('reading a project', (api) => api.projects.show(fullName), projectSchema);
}

export function getRequest(client: GitlabClient, { fullName, number }: PullRef): Promise<GitlabMergeRequest> {
  return client.ask('reading a merge request', (api) => api.mergeRequests.show(fullName, number), mergeRequestSchema);
}

export async function getPull(client: GitlabClient, ref: PullRef): Promise<Pull | undefined> {
  const request = await client.find(
    'reading a merge request',
    (api) => api.mergeRequests.show(ref.fullName, ref.number),
    mergeRequestSchema,
  );
  return request && pullOfRequest(request, await headRepoOf(client, ref, request));
}

/** A fork that has been deleted has no id; one that we may not see counts as deleted too, since nothing of it is known. */
async function headRepoOf(client: GitlabClient, ref: PullRef, request: GitlabMergeRequest): Promise<string | null> {
  const { source_project_id: source, target_project_id: target } = request;
  if (source === null) return null;
  if (source === target) return ref.fullName;
  return (await findProject(client, source))?.path_with_namespace ?? null;
}

/**
 * GitLab stores the diffs up to a limit of its own, which `changes_count` tells, and some time after the merge request
 * is made: https://docs.gitlab.com/administration/instance_limits/#diff-limits
 */
export async function listChangedFiles(client: GitlabClient, ref: PullRef): Promise<ChangedFiles> {
  const { items, complete } = await client.list(
    'listing the diffs of a merge request',
    (api, page) => api.mergeRequests.allDiffs(ref.fullName, ref.number, page),
    diffSchema,
  );
  const { changes_count: count } = await getRequest(client, ref);
  const paths = items.flatMap(({ old_path: old, new_path: now }) => [now, old]);
  return { paths: [...new Set(paths)], complete: complete && count === String(items.length) };
}

export async function getFile(client: GitlabClient, file: { fullName: string; path: string; ref: string }) {
  const { fullName, path, ref } = file;
  const found = await client.find('reading a file', (api) => api.files.show(fullName, path, ref), fileSchema);
  return found && Buffer.from(found.content, 'base64').toString('utf8');
}

/**
 * By the rules of the project, as far as GitLab tells how many approvals they still want; otherwise somebody must have
 * approved.
 */
export async function getApproval(client: GitlabClient, ref: PullRef) {
  const { approvals_left: left, approved_by: approvals } = await getApprovals(client, ref);
  const by = (approvals ?? []).map(({ user }) => user.username);
  return { approved: typeof left === 'number' ? left <= 0 : by.length > 0, by };
}

export function getApprovals(client: GitlabClient, { fullName, number }: PullRef) {
  return client.ask(
    'reading the approvals of a merge request',
    (api) => api.approvals.showConfiguration(fullName, { mergerequestIId: number }),
    approvalsSchema,
  );
}

/** Without what GitLab itself writes about pushes, labels and the like. */
export async function listComments(client: GitlabClient, { fullName, number }: PullRef): Promise<PullComment[]> {
  const { items } = await client.list(
    'listing the comments of a merge request',
    (api, page) => api.notes.all(fullName, number, { ...page, sort: 'asc', orderBy: 'created_at' }),
    noteSchema,
  );
  const ofPeople = items.filter(({ system }) => system !== true);
  return ofPeople.map(({ id, author, body }) => ({ id: String(id), author: author?.username ?? ghost, body }));
}
