import { describe, expect, it } from 'vitest';
import { secretMatches } from './secrets.ts';

describe('secretMatches', () => {
  it.each([
    ['s3cret', 's3cret', true],
    ['s3cret', 's3crex', false],
    ['s3cre', 's3cret', false],
    ['', 's3cret', false],
    ['', '', false],
    ['pässword', 'pässword', true],
  ])('compares %j with %j', (given, expected, result) => {
    expect(secretMatches(given, expected)).toBe(result);
  });
});
