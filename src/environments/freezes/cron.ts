import { Cron } from 'croner';
import { railsZones } from './rails-zones.ts';

/** Longer texts are no expression that anybody means, and would only cost time. */
const longest = 255;
const anyTime = '* * * * *';

/** A cron expression of five fields in a zone, ready to be asked; undefined when one of the two is none. */
export function readCron(expression: string, timezone: string): Cron | undefined {
  const fields = expression.trim().split(/\s+/);
  if (expression.length > longest || timezone.length > longest || fields.length !== 5) return undefined;
  try {
    const cron = new Cron(fields.join(' '), {
      mode: '5-part',
      timezone: railsZones.get(timezone) ?? timezone,
      paused: true,
    });
    // Only now is the zone looked at. One that never comes, like the 31st of February, is no expression either.
    return cron.nextRun() === null ? undefined : cron;
  } catch {
    return undefined;
  }
}

export function isTimezone(timezone: string): boolean {
  return timezone !== '' && readCron(anyTime, timezone) !== undefined;
}
