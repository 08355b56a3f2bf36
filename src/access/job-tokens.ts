import type { Tx } from '../db/index.ts';
import { roleOfActor } from './role-of-actor.ts';
import { hashSecret, newSecret } from './secrets.ts';
import { deleteTokensOfJob, insertToken } from './store.ts';
import type { Actor } from './types.ts';

export type JobTokenRequest = {
  readonly jobId: number;
  /** The only repo it is good for. */
  readonly repoId: number;
  /** Who the job works for, and whose rights the token has. */
  readonly actor: Actor;
  readonly now: number;
};

/**
 * Makes the token of a job that starts; one that starts again has ended the token it had. Gives the secret, of which only
 * a digest is kept. A login of a host, which has no role, gets a developer's: it was allowed to plan and apply.
 */
export async function mintJobToken(tx: Tx, request: JobTokenRequest): Promise<string> {
  const { jobId, repoId, actor, now } = request;
  const role = (await roleOfActor(tx, actor, { repoId, now })) ?? (actor.kind === 'host' ? 'developer' : 'guest');
  const secret = newSecret();
  await insertToken(
    tx,
    { name: `job ${jobId}`, role, scope: 'api', repoId, createdAt: now, expiresAt: null },
    { userId: actor.id, hash: hashSecret(secret), jobId },
  );
  return secret;
}

/** Ends the token of a job: from now on it is as unknown as one that never was. */
export async function endJobToken(tx: Tx, jobId: number): Promise<void> {
  await deleteTokensOfJob(tx, jobId);
}
