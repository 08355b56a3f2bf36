import { readCron } from './cron.ts';
import type { FreezePeriod } from './types.ts';

const second = 1000;

/**
 * When the freeze ends that a period means at a time; undefined when it means none. A freeze begins with the second of
 * its start, and is over with that of its end. Milliseconds since the epoch.
 */
export function frozenUntil(
  period: Pick<FreezePeriod, 'freezeStart' | 'freezeEnd' | 'cronTimezone'>,
  now: number,
): number | undefined {
  const start = readCron(period.freezeStart, period.cronTimezone);
  const end = readCron(period.freezeEnd, period.cronTimezone);
  // What comes before the next second, so that one of this very second counts.
  const next = new Date(Math.floor(now / second) * second + second);
  const [started] = start?.previousRuns(1, next) ?? [];
  const [ended] = end?.previousRuns(1, next) ?? [];
  if (!started || (ended && ended >= started)) return undefined;
  return end?.nextRun(new Date(now))?.getTime();
}
