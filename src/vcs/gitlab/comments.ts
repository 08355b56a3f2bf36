import { z } from 'zod';
import { isStatus, isSuperseded, type PullRef, superseded } from '../index.ts';
import type { GitlabClient } from './client.ts';
import { withoutQuickActions } from './quick-actions.ts';
import { noteSchema } from './schemas.ts';

/** https://docs.gitlab.com/administration/instance_limits/#size-of-comments-and-descriptions-of-issues-merge-requests-and-epics */
const longestNote = 1_000_000;

export async function createComment(client: GitlabClient, ref: PullRef, body: string): Promise<string> {
  const { fullName, number } = ref;
  const { id } = await client.ask(
    'writing a comment',
    (api) => api.notes.create(fullName, number, noteOf(body)),
    noteSchema,
  );
  return String(id);
}

export async function updateComment(
  client: GitlabClient,
  { fullName, number }: PullRef,
  { id, body }: { readonly id: string; readonly body: string },
): Promise<boolean> {
  const changed = await client.find(
    'changing a comment',
    (api) => api.notes.edit(fullName, number, Number(id), { body: noteOf(body) }),
    noteSchema,
  );
  return changed !== undefined;
}

/** GitLab hides nothing, so that the text is folded away in place. */
export async function hideComments(client: GitlabClient, ref: PullRef, ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    const note = await client.find(
      'reading a comment',
      (api) => api.notes.show(ref.fullName, ref.number, Number(id)),
      noteSchema,
    );
    if (!note || isSuperseded(note.body)) continue;
    await updateComment(client, ref, { id, body: superseded(note.body, longestNote) });
  }
}

/** The text that is sent: it makes GitLab do nothing, and is no longer than GitLab takes. */
function noteOf(body: string): string {
  return withoutQuickActions(body).slice(0, longestNote);
}

/** GitLab answers 404 for a reaction that is there already, as for a comment that is gone. */
export async function react(
  client: GitlabClient,
  { fullName, number }: PullRef,
  { commentId, emoji }: { readonly commentId: string; readonly emoji: string },
): Promise<void> {
  const award = client.ask(
    'reacting to a comment',
    (api) => api.emojis.award(fullName, number, Number(commentId), emoji),
    z.unknown(),
  );
  await award.catch((error: unknown) => {
    if (!isStatus(error, 404)) throw error;
  });
}
