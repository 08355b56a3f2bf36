import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import type { PolderError } from '../../lib/errors.ts';
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
import type { GiteaClient } from './client.ts';
import { approvers, getPull, isApproval, lastCheck, listReviews, pullParameters } from './pull-reads.ts';
import { repoSchema } from './schemas.ts';

/** Gitea keeps it in a column that holds 65,535 bytes on MySQL, and a character takes four at most. */
const longestDescription = 16_000;

export async function setStatus(
  client: GiteaClient,
  { fullName, headSha }: PullRef & { readonly headSha: string },
  { context, state, description, targetUrl }: CommitStatus,
): Promise<void> {
  const parameters = {
    fullName,
    sha: headSha,
    context,
    state,
    description: shortened(description, longestDescription),
    ...(targetUrl === null ? {} : { target_url: targetUrl }),
  };
  await client.ask('POST /repos/{fullName}/statuses/{sha}', parameters, z.unknown());
}

type Merging = { readonly request: MergeRequest; readonly pollMs: number };

export async function mergePull(client: GiteaClient, ref: PullRef, { request, pollMs }: Merging): Promise<MergeResult> {
  const choice = await chooseMethod(client, ref, request.method);
  if (choice.kind === 'refused') return choice;
  const parameters = {
    ...pullParameters(ref),
    Do: choice.method,
    head_commit_id: request.headSha,
    ...(request.title === null ? {} : { MergeTitleField: request.title }),
  };
  for (let attempt = 1; ; attempt += 1) {
    const refusal = await tryMerge(client, parameters);
    if (!refusal) return { kind: 'merged' };
    // So it is answered too when the reply to an earlier attempt was lost.
    if ((await getPull(client, ref))?.merged) return { kind: 'merged' };
    const said = refusalText(refusal);
    if (!passingRefusal.test(said)) return { kind: 'refused', message: `merging pull request: ${said}` };
    if (attempt === lastCheck) return { kind: 'refused', message: `merging pull request: ${wordsFor(said)}` };
    await pause(pollMs * attempt);
  }
}

/** It is being checked for conflicts, or the base branch moved while it was being merged. */
const passingRefusal = /try again later|push out of date/i;

/** Gitea says the same of a conflict as of a check that is not done, and neither is a reason to a reader. */
function wordsFor(said: string): string {
  return /try again later/i.test(said) ? 'it has conflicts, or is still being checked for them' : said;
}

async function tryMerge(
  client: GiteaClient,
  parameters: Readonly<Record<string, string | number>>,
): Promise<PolderError | undefined> {
  try {
    await client.ask('POST /repos/{fullName}/pulls/{index}/merge', parameters, z.unknown());
    return undefined;
  } catch (error) {
    // 405 not mergeable, 409 a conflict or another head, 422 not valid, 423 an archived repo, 403 and 404 not ours to merge.
    if (isStatus(error, 403, 404, 405, 409, 422, 423)) return error;
    throw error;
  }
}

async function chooseMethod(
  client: GiteaClient,
  { fullName }: PullRef,
  wanted: MergeMethod | null,
): Promise<MergeMethodChoice> {
  const repo = await client.ask('GET /repos/{fullName}', { fullName }, repoSchema);
  return chooseMergeMethod(wanted, {
    merge: repo.allow_merge_commits,
    rebase: repo.allow_rebase,
    squash: repo.allow_squash_merge,
  });
}

export async function deleteBranch(client: GiteaClient, fullName: string, branch: string): Promise<void> {
  await client.find('DELETE /repos/{fullName}/branches/{branch}', { fullName, branch }, z.unknown());
}

export async function dismissReviews(client: GiteaClient, ref: PullRef, message: string): Promise<void> {
  const route = 'POST /repos/{fullName}/pulls/{index}/reviews/{id}/dismissals';
  const reviews = await listReviews(client, ref);
  const approved = new Set(approvers(reviews));
  for (const review of reviews) {
    if (!isApproval(review) || !review.user || !approved.has(review.user.login)) continue;
    await client.find(route, { ...pullParameters(ref), id: review.id, message }, z.unknown());
  }
}
