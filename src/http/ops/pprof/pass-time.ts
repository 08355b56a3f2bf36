import { setTimeout } from 'node:timers/promises';

/** Resolves after that many seconds, or as soon as `signal` aborts. */
export async function passTime(seconds: number, signal: AbortSignal): Promise<void> {
  await setTimeout(seconds * 1000, undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}
