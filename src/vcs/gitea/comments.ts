import { z } from 'zod';
import { isSuperseded, type PullComment, type PullRef, superseded } from '../index.ts';
import type { GiteaClient } from './client.ts';
import { pullParameters } from './pull-reads.ts';
import { commentSchema } from './schemas.ts';
import { ghost } from './to-pull.ts';

/** Gitea gives them all at once. */
export async function listComments(client: GiteaClient, ref: PullRef): Promise<PullComment[]> {
  const route = 'GET /repos/{fullName}/issues/{index}/comments';
  const comments = await client.ask(route, pullParameters(ref), commentSchema.array());
  return comments.map(({ id, user, body }) => ({ id: String(id), author: user?.login ?? ghost, body: body ?? '' }));
}

export async function createComment(client: GiteaClient, ref: PullRef, body: string): Promise<string> {
  const route = 'POST /repos/{fullName}/issues/{index}/comments';
  const { id } = await client.ask(route, { ...pullParameters(ref), body }, commentSchema);
  return String(id);
}

export async function updateComment(
  client: GiteaClient,
  { fullName }: PullRef,
  { id, body }: { readonly id: string; readonly body: string },
): Promise<boolean> {
  const route = 'PATCH /repos/{fullName}/issues/comments/{id}';
  return (await client.find(route, { fullName, id, body }, commentSchema)) !== undefined;
}

export async function react(
  client: GiteaClient,
  { fullName }: PullRef,
  { commentId, emoji }: { readonly commentId: string; readonly emoji: string },
): Promise<void> {
  const route = 'POST /repos/{fullName}/issues/comments/{id}/reactions';
  await client.find(route, { fullName, id: commentId, content: emoji }, z.unknown());
}

/** Gitea cannot hide a comment: its text is put into a section that is closed, as Atlantis does. */
export async function hideComments(client: GiteaClient, ref: PullRef, ids: readonly string[]): Promise<void> {
  const comments = await listComments(client, ref);
  const open = comments.filter(({ id, body }) => ids.includes(id) && !isSuperseded(body));
  for (const { id, body } of open) await updateComment(client, ref, { id, body: superseded(body) });
}
