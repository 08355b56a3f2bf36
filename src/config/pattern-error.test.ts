import { describe, expect, it } from 'vitest';
import { patternError } from './pattern-error.ts';

describe('patternError', () => {
  it.each(['**/*.tf', 'a/[a-z]*', '[^a]', '[]a]'.replace('[]', '[\\]'), '\\[', '!**/x', '', '{a,b}', '[a\\-b]'])(
    'accepts %j',
    (pattern) => {
      expect(patternError(pattern)).toBeUndefined();
    },
  );

  it.each(['[', '[]', '[^]', '[a', '[a-]', '[-a]', '[]a]', 'a\\', '**/[', '![a'])('refuses %j', (pattern) => {
    expect(patternError(pattern)).toBe('syntax error in pattern');
  });

  it('refuses an exclusion of nothing', () => {
    expect(patternError(' ! ')).toBe('illegal exclusion pattern: "!"');
  });
});
