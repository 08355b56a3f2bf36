import { describe, expect, it } from 'vitest';
import { frozenUntil } from './frozen-until.ts';

const weekend = { freezeStart: '0 23 * * 5', freezeEnd: '0 8 * * 1', cronTimezone: 'UTC' };

function until(period: typeof weekend, now: string): string | undefined {
  const end = frozenUntil(period, Date.parse(now));
  return end === undefined ? undefined : new Date(end).toISOString();
}

describe('frozenUntil', () => {
  it.each<[string, string | undefined]>([
    ['2026-01-16T22:59:59.999Z', undefined],
    ['2026-01-16T23:00:00.000Z', '2026-01-19T08:00:00.000Z'],
    ['2026-01-18T00:00:00.000Z', '2026-01-19T08:00:00.000Z'],
    ['2026-01-19T07:59:59.999Z', '2026-01-19T08:00:00.000Z'],
    ['2026-01-19T08:00:00.000Z', undefined],
    ['2026-01-21T12:00:00.000Z', undefined],
  ])('tells at %s when the weekend is over: %s', (now, end) => {
    expect(until(weekend, now)).toBe(end);
  });

  it('reads times in the zone of the period, in summer and winter', () => {
    const night = { freezeStart: '0 22 * * *', freezeEnd: '0 6 * * *', cronTimezone: 'Europe/Berlin' };
    expect(until(night, '2026-01-15T21:00:00Z')).toBe('2026-01-16T05:00:00.000Z');
    expect(until(night, '2026-01-15T20:59:00Z')).toBeUndefined();
    expect(until(night, '2026-07-15T20:00:00Z')).toBe('2026-07-16T04:00:00.000Z');
    expect(until({ ...night, cronTimezone: 'Berlin' }, '2026-07-15T20:00:00Z')).toBe('2026-07-16T04:00:00.000Z');
  });

  it('means no freeze when start and end are the same', () => {
    expect(until({ ...weekend, freezeEnd: weekend.freezeStart }, '2026-01-16T23:00:00.000Z')).toBeUndefined();
  });
});
