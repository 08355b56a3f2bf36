import { setTimeout as delay } from 'node:timers/promises';

const pausesMs = [100, 500, 1000, 5000, 15_000];

/**
 * Tries again, over about 20 seconds, what must not be lost because the database stumbled: above all how an apply
 * ended. Throws the last error when it does not help, at once when `signal` aborts.
 */
export async function withPatience<T>(attempt: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (const pause of pausesMs) {
    try {
      return await attempt();
    } catch (error) {
      if (signal.aborted) throw error;
      await delay(pause);
    }
  }
  return attempt();
}
