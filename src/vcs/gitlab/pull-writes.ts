import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { PolderError } from '../../lib/errors.ts';
import { isStatus, type MergeRequest, type MergeResult, type PullRef, refusalText } from '../index.ts';
import type { GitlabClient } from './client.ts';
import { getApprovals, getProject, getPull, getRequest } from './pull-reads.ts';
import { mergeRequestSchema } from './schemas.ts';

/**
 * Merges in the way that the project's settings say.
 * https://docs.gitlab.com/api/merge_requests/#merge-a-merge-request
 */
export async function mergePull(
  client: GitlabClient,
  ref: PullRef,
  request: MergeRequest & { readonly pollMs: number },
): Promise<MergeResult> {
  const project = await getProject(client, ref.fullName);
  if (project.only_allow_merge_if_pipeline_succeeds) await waitForPipeline(client, ref, request.pollMs);
  const { headSha: sha, title } = request;
  // The commit of a squash keeps the title that the project's settings give it.
  const options = { sha, ...(title === null ? {} : { mergeCommitMessage: title }) };
  try {
    const merged = await client.ask(
      'merging a merge request',
      (api) => api.mergeRequests.merge(ref.fullName, ref.number, options),
      mergeRequestSchema,
    );
    if (merged.state === 'merged') return { kind: 'merged' };
    return {
      kind: 'refused',
      message: `could not merge pull request: ${merged.merge_error ?? `it is ${merged.state}`}`,
    };
  } catch (error) {
    // 401 and 403 not ours to merge, 405 and 406 not mergeable, 409 another head, 422 the merge went wrong.
    if (!isStatus(error, 401, 403, 404, 405, 406, 409, 422)) throw error;
    // So it is answered too when the reply to an earlier attempt was lost.
    if ((await getPull(client, ref))?.merged) return { kind: 'merged' };
    return { kind: 'refused', message: `merging pull request: ${refusalText(error)}` };
  }
}

/** https://docs.gitlab.com/api/pipelines/#list-project-pipelines */
const unfinished = ['created', 'waiting_for_resource', 'preparing', 'pending', 'running', 'scheduled'];

/** The last status that an apply sets may be what the pipeline was waiting for; some seconds later it is green. */
async function waitForPipeline(client: GitlabClient, ref: PullRef, pollMs: number): Promise<void> {
  for (let look = 1; look <= 10; look += 1) {
    const { head_pipeline: pipeline } = await getRequest(client, ref);
    if (!unfinished.includes(pipeline?.status ?? '')) return;
    await pause(2 * pollMs);
  }
}

export async function deleteBranch(client: GitlabClient, fullName: string, branch: string): Promise<void> {
  await client.find('deleting a branch', (api) => api.branches.remove(fullName, branch), z.unknown());
}

/**
 * GitLab takes this from bot users alone, those of project and group access tokens, and shows no message with it.
 * https://docs.gitlab.com/api/merge_request_approvals/#reset-approvals-of-a-merge-request
 */
export async function dismissReviews(client: GitlabClient, ref: PullRef): Promise<void> {
  // Where there are none, somebody who may not take them back need not fail.
  if ((await getApprovals(client, ref)).approved_by?.length === 0) return;
  const { fullName, number } = ref;
  const endpoint = `projects/${encodeURIComponent(fullName)}/merge_requests/${number}/reset_approvals`;
  const reset = client.ask('resetting the approvals', (api) => api.approvals.requester.put(endpoint), z.unknown());
  await reset.catch((error: unknown) => {
    if (!isStatus(error, 401)) throw error;
    // Said to those who are no bot users: it is not the token that is wrong.
    throw new PolderError('host_refused', error.message, {
      cause: error,
      details: { said: refusalText(error), status: 403 },
    });
  });
}
