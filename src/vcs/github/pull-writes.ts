import { z } from 'zod';
import {
  type CommitStatus,
  chooseMergeMethod,
  isStatus,
  type MergeMethod,
  type MergeMethodChoice,
  type MergeRequest,
  type MergeResult,
  type PullRef,
  refusalText,
  shortened,
} from '../index.ts';
import type { GithubClient } from './client.ts';
import { approvers, getPull, listReviews, pullParameters, repoParameters } from './pull-reads.ts';
import { repoSchema } from './schemas.ts';

/** https://docs.github.com/en/rest/commits/statuses: longer ones are refused. */
const longestDescription = 140;

export async function setStatus(
  client: GithubClient,
  { fullName, headSha }: PullRef & { readonly headSha: string },
  { context, state, description, targetUrl }: CommitStatus,
): Promise<void> {
  const parameters = {
    ...repoParameters(fullName),
    sha: headSha,
    context,
    state,
    description: shortened(description, longestDescription),
    ...(targetUrl === null ? {} : { target_url: targetUrl }),
  };
  await client.ask('POST /repos/{owner}/{repo}/statuses/{sha}', parameters, z.unknown());
}

export async function mergePull(client: GithubClient, ref: PullRef, request: MergeRequest): Promise<MergeResult> {
  const choice = await chooseMethod(client, ref, request.method);
  if (choice.kind === 'refused') return choice;
  const parameters = {
    ...pullParameters(ref),
    sha: request.headSha,
    merge_method: choice.method,
    ...(request.title === null ? {} : { commit_title: request.title }),
  };
  const schema = z.object({ merged: z.boolean(), message: z.string().nullish() });
  try {
    const { merged, message } = await client.ask(
      'PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge',
      parameters,
      schema,
    );
    return merged ? { kind: 'merged' } : { kind: 'refused', message: `could not merge pull request: ${message ?? ''}` };
  } catch (error) {
    // 405 not mergeable, 409 another head, 422 not valid, 403 and 404 not ours to merge.
    if (!isStatus(error, 403, 404, 405, 409, 422)) throw error;
    // So it is answered too when the reply to an earlier attempt was lost.
    if ((await getPull(client, ref))?.merged) return { kind: 'merged' };
    return { kind: 'refused', message: `merging pull request: ${refusalText(error)}` };
  }
}

async function chooseMethod(
  client: GithubClient,
  { fullName }: PullRef,
  wanted: MergeMethod | null,
): Promise<MergeMethodChoice> {
  const repo = await client.ask('GET /repos/{owner}/{repo}', repoParameters(fullName), repoSchema);
  return chooseMergeMethod(wanted, {
    merge: repo.allow_merge_commit,
    rebase: repo.allow_rebase_merge,
    squash: repo.allow_squash_merge,
  });
}

export async function deleteBranch(client: GithubClient, fullName: string, branch: string): Promise<void> {
  const parameters = { ...repoParameters(fullName), ref: `heads/${branch}` };
  try {
    await client.find('DELETE /repos/{owner}/{repo}/git/refs/{ref}', parameters, z.unknown());
  } catch (error) {
    if (!(isStatus(error, 422) && /does not exist/i.test(refusalText(error)))) throw error;
  }
}

export async function dismissReviews(client: GithubClient, ref: PullRef, message: string): Promise<void> {
  const route = 'PUT /repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}/dismissals';
  const reviews = await listReviews(client, ref);
  const approved = new Set(approvers(reviews));
  for (const { id, user, state } of reviews) {
    if (state !== 'APPROVED' || !user || !approved.has(user.login) || id === undefined) continue;
    await client.find(route, { ...pullParameters(ref), review_id: id, message }, z.unknown());
  }
}
