import { createHash } from 'node:crypto';
import { z } from 'zod';

/** What GitHub and Gitea say of what happens once: a comment is written, a pull request is closed at that moment. */
const onceSchema = z.union([
  z.object({ comment: z.object({ created_at: z.string() }) }),
  z.object({ pull_request: z.object({ closed_at: z.string() }) }),
]);

/**
 * Tells what happened from all else that ever happens, by the signed body of its delivery: hosts sign that alone, so that
 * whoever has seen a delivery could send it again under another id. Undefined where two that are alike may mean two
 * things, such as pushes back and forth; all that they do is plan what is there.
 */
export function bodyDigest(rawBody: Buffer, payload: unknown): string | undefined {
  if (!onceSchema.safeParse(payload).success) return undefined;
  return createHash('sha256').update(rawBody).digest('base64url').slice(0, 32);
}
