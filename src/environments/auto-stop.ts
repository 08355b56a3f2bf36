import type { Environment } from './types.ts';

const minute = 60_000;
const longestPause = 86_400_000;

/** What is stored of an auto-stop time, null for none, of an available environment. */
export function armedTimer(autoStopAt: number | null) {
  const stopCause = autoStopAt === null ? null : 'its auto-stop time came';
  return { autoStopAt, stopDueAt: autoStopAt, stopCause } as const;
}

/** The timer of an environment that is available again because its stop went wrong: each time it waits twice as long. */
export function timerAfterFailure(environment: Environment, now: number) {
  const { autoStopAt } = environment;
  const stopFailures = environment.stopFailures + 1;
  const pause = Math.min(minute * 2 ** Math.min(environment.stopFailures, 20), longestPause);
  if (autoStopAt === null || autoStopAt > now) return { ...armedTimer(autoStopAt), stopFailures };
  return { ...armedTimer(autoStopAt), stopDueAt: now + pause, stopFailures };
}
