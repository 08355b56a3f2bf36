import { setTimeout as pause } from 'node:timers/promises';

/**
 * Asks again and again until `check` answers with something (not undefined, null or false), and gives that. What it
 * throws counts as "not yet". After `timeoutMs` it fails, naming `what` and the last error.
 */
export async function waitFor<T>(
  what: string,
  check: () => T | Promise<T>,
  options: { timeoutMs?: number; everyMs?: number } = {},
): Promise<Exclude<T, undefined | null | false>> {
  const { timeoutMs = 10_000, everyMs = 20 } = options;
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    let problem: unknown;
    try {
      const answer = await check();
      if (answer !== undefined && answer !== null && answer !== false) {
        return answer as Exclude<T, undefined | null | false>;
      }
    } catch (error) {
      problem = error;
    }
    if (performance.now() >= deadline) {
      throw new Error(`waiting for ${what}: not there after ${timeoutMs} ms`, { cause: problem });
    }
    await pause(everyMs);
  }
}
