import { createHash } from 'node:crypto';
import { z } from 'zod';

/**
 * What GitHub and Gitea say of a comment that is written. All else of a delivery may differ: that of an app names its
 * installation, where that of a repository's webhook does not.
 */
const commentSchema = z.object({
  repository: z.object({ full_name: z.string() }),
  issue: z.object({ number: z.number() }),
  comment: z.object({
    // Without one, two that are alike may be two.
    id: z.number(),
    created_at: z.string(),
    body: z.string(),
    user: z.object({ login: z.string() }),
  }),
});

/** A pull request may be closed several times, each at its own moment. */
const closedSchema = z.object({ pull_request: z.object({ closed_at: z.string() }) });

/**
 * Tells what happened from all else that ever happens, by the signed body of its delivery: hosts sign that alone, so that
 * whoever has seen a delivery could send it again under another id, and several webhooks may tell of one comment.
 * Undefined where two that are alike may mean two things, such as pushes back and forth; all that they do is plan what is
 * there.
 */
export function bodyDigest(rawBody: Buffer, payload: unknown): string | undefined {
  const comment = commentSchema.safeParse(payload);
  if (comment.success) return digest(JSON.stringify(comment.data));
  return closedSchema.safeParse(payload).success ? digest(rawBody) : undefined;
}

function digest(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('base64url').slice(0, 32);
}
