import { setTimeout as delay } from 'node:timers/promises';
import { isPolderError } from '../lib/errors.ts';

const pausesMs = [100, 500, 1000, 5000, 15_000];

/**
 * Tries again, over about 20 seconds, what must not be lost because the database stumbled: above all how an apply
 * ended. Throws the last error when it does not help, at once when the work is no longer ours.
 */
export async function withPatience<T>(attempt: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (const pause of pausesMs) {
    try {
      return await attempt();
    } catch (error) {
      if (signal.aborted || isPolderError(error, 'task_lost')) throw error;
      await delay(pause);
    }
  }
  return attempt();
}
