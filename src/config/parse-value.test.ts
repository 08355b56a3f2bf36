import { describe, expect, it } from 'vitest';
import { parseDuration, parseValue } from './parse-value.ts';

describe('parseDuration', () => {
  it.each([
    ['90s', 90_000],
    ['30m', 1_800_000],
    ['1h30m', 5_400_000],
    ['1.5h', 5_400_000],
    ['2d', 172_800_000],
    ['250ms', 250],
    ['1m1ms', 60_001],
    ['0s', 0],
  ])('reads %s', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each(['', '10', 'h', '1 h', '-1h', '1y', '1h30', '.5h', '1e3s', '1..5h', `${'9'.repeat(30)}d`])(
    'does not read %j',
    (text) => {
      expect(parseDuration(text)).toBeUndefined();
    },
  );
});

describe('parseValue', () => {
  it('splits a list at its commas and leaves blanks alone', () => {
    const row = { type: 'list', default: [], status: 'built', help: '' } as const;
    expect(parseValue('plan, apply,', row)).toEqual({ value: ['plan', ' apply', ''] });
    expect(parseValue('', row)).toEqual({ value: [] });
  });

  it('says what a duration looks like', () => {
    const row = { type: 'duration', default: 0, status: 'built', help: '' } as const;
    expect(parseValue('soon', row)).toEqual({ problem: 'is not a duration such as 90s, 30m, 1h30m or 2d' });
  });
});
