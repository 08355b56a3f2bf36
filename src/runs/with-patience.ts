import { setTimeout as delay } from 'node:timers/promises';
import { isPolderError } from '../lib/errors.ts';

const firstPauseMs = 100;
const longestPauseMs = 15_000;

/**
 * Tries until it succeeds what must not be lost because the database stumbles: above all how an apply ended. Gives up,
 * with the last error, only when the work is no longer ours. `onFault` hears why an attempt did not succeed.
 */
export async function withPatience<T>(
  attempt: () => Promise<T>,
  options: { signal: AbortSignal; onFault: (error: unknown) => void },
): Promise<T> {
  const { signal, onFault } = options;
  for (let pause = firstPauseMs; ; pause = Math.min(pause * 2, longestPauseMs)) {
    try {
      return await attempt();
    } catch (error) {
      if (signal.aborted || isPolderError(error, 'task_lost')) throw error;
      onFault(error);
      await delay(pause, undefined, { signal }).catch(() => undefined);
    }
  }
}
