import type { Tx } from '../db/index.ts';
import { insertEnvironmentEvent } from './store.ts';

export type EnvironmentChange = {
  readonly environmentId: number;
  readonly actorId: number;
  readonly kind: 'created' | 'adopted' | 'started' | 'deployed';
  /** For people; null when the kind says it all. */
  readonly reason: string | null;
  readonly data?: Readonly<Record<string, string | number | null>>;
  /** Milliseconds since the epoch. */
  readonly now: number;
};

/** Writes down a change of an environment, in the transaction that makes it. */
export async function recordChange(tx: Tx, change: EnvironmentChange): Promise<void> {
  await insertEnvironmentEvent(tx, {
    environment_id: change.environmentId,
    actor_id: change.actorId,
    kind: change.kind,
    reason: change.reason,
    data: JSON.stringify(change.data ?? {}),
    created_at: change.now,
  });
}
