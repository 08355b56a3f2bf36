import type { DbHandle } from '../db/index.ts';
import { insertAuditEvent } from './store.ts';

export type AuditEvent = {
  readonly actorId: number;
  /** What was done, as `<noun>.<verb>`: `token.create`. */
  readonly action: string;
  /** The repo it was done to; null when it concerns the server. */
  readonly repoId: number | null;
  /** What it was done to, for people: the token's name, the lock's project. */
  readonly subject: string;
  /** Plain facts, never a secret. */
  readonly details?: Readonly<Record<string, string | number | boolean | null>>;
  /** Milliseconds since the epoch. */
  readonly now: number;
};

/** Writes down who did what. Called with the transaction of the change, so that neither is there without the other. */
export async function recordAudit(handle: DbHandle, event: AuditEvent): Promise<void> {
  await insertAuditEvent(handle, {
    actor_id: event.actorId,
    action: event.action,
    repo_id: event.repoId,
    subject: event.subject,
    details: JSON.stringify(event.details ?? {}),
    created_at: event.now,
  });
}
