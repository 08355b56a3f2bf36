import { describe, expect, it } from 'vitest';
import { parseLifetime } from './parse-lifetime.ts';

const hour = 3_600_000;
const day = 24 * hour;

describe('parseLifetime', () => {
  it.each<[string, number | null]>([
    ['1 week', 7 * day],
    ['2 days', 2 * day],
    ['one day', day],
    ['a month', 30 * day],
    ['1 year', 365.25 * day],
    ['10 hours', 10 * hour],
    ['2h20min', 2 * hour + 20 * 60_000],
    ['1 hour and 30 minutes', 1.5 * hour],
    ['3 days 4 hours', 3 * day + 4 * hour],
    ['30 mins', hour / 2],
    ['90', 90_000],
    ['never', null],
    ['Never', null],
    ['  ', null],
  ])('reads %j', (text, ms) => {
    expect(parseLifetime(text)).toEqual({ kind: 'ok', ms });
  });

  it.each([
    'soon',
    'day',
    '2 days 4',
    '-1 day',
    '0',
    '0 days',
    '1 fortnight',
    'and',
    '999999999 years',
    '1d'.repeat(9e4),
  ])('refuses %.20s', (text) => {
    expect(parseLifetime(text)).toEqual({ kind: 'invalid' });
  });
});
