import { PolderError } from '../lib/errors.ts';
import type { Pull } from '../vcs/index.ts';
import type { CommandContext } from './deps.ts';

/** Half a minute, with the pauses between them. */
const lastAttempt = 5;

/**
 * The pull request as it is now; undefined when its host knows it no more. Throws `host_unavailable` before that is
 * believed: hosts send webhooks of what not all of their servers know yet.
 */
export async function getLive({ pulls, ref, task }: CommandContext): Promise<Pull | undefined> {
  const live = await pulls.getPull(ref);
  if (!live && task.attempt < lastAttempt) {
    throw new PolderError(
      'host_unavailable',
      `asking for pull request ${ref.number} of ${ref.fullName}: not found yet`,
    );
  }
  return live;
}
