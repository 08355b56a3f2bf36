import { createHash } from 'node:crypto';
import { z } from 'zod';

const repository = z.object({ full_name: z.string() });

/**
 * What GitHub and Gitea say of what happens once: a comment is written, a pull request is closed at that moment. All else
 * of a delivery may differ: that of an app names its installation, where that of a repository's webhook does not.
 */
const onceSchema = z.union([
  z.object({
    repository,
    issue: z.object({ number: z.number() }),
    comment: z.object({
      id: z.number().optional(),
      created_at: z.string(),
      body: z.string(),
      user: z.object({ login: z.string() }),
    }),
  }),
  z.object({ repository, pull_request: z.object({ number: z.number(), closed_at: z.string() }) }),
]);

/**
 * Tells what happened from all else that ever happens, by the signed body of its delivery: hosts sign that alone, so that
 * whoever has seen a delivery could send it again under another id, and several webhooks may tell the same. Undefined
 * where two that are alike may mean two things, such as pushes back and forth; all that they do is plan what is there.
 */
export function bodyDigest(payload: unknown): string | undefined {
  const once = onceSchema.safeParse(payload);
  if (!once.success) return undefined;
  return createHash('sha256').update(JSON.stringify(once.data)).digest('base64url').slice(0, 32);
}
