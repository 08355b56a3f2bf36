import { describe, expect, it } from 'vitest';
import { shortened } from './shortened.ts';

describe('shortened', () => {
  it.each([
    ['keeps a text that fits', 'abcd', 'abcd'],
    ['ends a longer one with an ellipsis', 'abcde', 'abc…'],
    ['leaves no half of a character', 'ab😀e', 'ab…'],
  ])('%s', (_, text, expected) => {
    expect(shortened(text, 4)).toBe(expected);
  });
});
