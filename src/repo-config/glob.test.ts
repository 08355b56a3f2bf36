import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileGlob, isGlob } from './glob.ts';

describe('compileGlob', () => {
  const rows: [pattern: string, matching: string[], others: string[]][] = [
    ['a', ['a'], ['b', 'aa', 'a/b', '']],
    ['*', ['a', '.a', '.'], ['a/b', '']],
    ['a*', ['a', 'ab'], ['ba', 'a/b']],
    ['*/b', ['a/b', '.a/b'], ['b', 'a/a/b', '/b']],
    ['env/*', ['env/a', 'env/.a'], ['env', 'env/', 'env/a/b', 'xenv/a']],
    ['**', ['', 'a', 'a/b', '.'], []],
    ['**/b', ['b', 'a/b', 'a/a/b'], ['ab', 'b/a', 'a/ab']],
    ['a/**', ['a', 'a/b', 'a/b/c'], ['ab', 'b/a', 'ab/c']],
    ['a/**/b', ['a/b', 'a/x/b', 'a/x/y/b'], ['a/xb', 'ab', 'a/b/c']],
    ['a**', ['a', 'ab'], ['a/b']],
    ['**a', ['a', 'ba'], ['b/a']],
    ['a/**b', ['a/b', 'a/xb'], ['a/x/b']],
    ['?', ['a', '.', 'é', '😀'], ['', 'ab', '/']],
    ['a?c', ['abc'], ['a/c', 'ac']],
    ['[ab]', ['a', 'b'], ['c', 'ab']],
    ['[a-c]x', ['ax', 'cx'], ['dx', '-x']],
    ['[^a]', ['b'], ['a', '/']],
    ['[!a]', ['b'], ['a', '/']],
    ['[a-]', ['a', '-'], ['b']],
    ['[\\]]', [']'], ['\\', 'a']],
    ['[.*]', ['.', '*'], ['a']],
    ['{a,b}', ['a', 'b'], ['c', '{a,b}']],
    ['{a,b/c}/d', ['a/d', 'b/c/d'], ['b/d']],
    ['{a,{b,c}d}', ['a', 'bd', 'cd'], ['b', 'd']],
    ['{**/a,b}', ['a', 'x/a', 'b'], ['x/b']],
    ['x{,y}', ['x', 'xy'], ['y']],
    ['[{]', ['{'], ['a']],
    ['\\*', ['*'], ['a']],
    ['\\{a,b\\}', ['{a,b}'], ['a']],
    ['a.b', ['a.b'], ['axb']],
    ['(a|b)+$', ['(a|b)+$'], ['a', 'aa']],
  ];
  it.each(rows)('matches %j with %j and not with %j', (pattern, matching, others) => {
    const glob = compileGlob(pattern);
    expect(matching.filter((path) => !glob?.matches(path))).toEqual([]);
    expect(others.filter((path) => glob?.matches(path))).toEqual([]);
  });

  it.each(['[', '[a', '[]', '[]a]', '{', '{a', '{a,{b}', 'a\\', '[z-a]', 'a'.repeat(1_001), '{a,b}'.repeat(7)])(
    'refuses %j',
    (pattern) => {
      expect(compileGlob(pattern)).toBeUndefined();
    },
  );

  it('takes every text without special characters for itself', () => {
    const plain = fc.string({ minLength: 1, unit: 'grapheme' }).filter((text) => !/[*?[\]{}\\,]/.test(text));
    const itself = fc.property(plain, (text) => compileGlob(text)?.matches(text) === true);
    expect(() => fc.assert(itself)).not.toThrow();
  });

  it('never throws', () => {
    const piece = fc.constantFrom('*', '**', '?', '[', ']', '^', '-', '{', '}', ',', '\\', '/', 'a', 'z', '.', '\n');
    fc.assert(
      fc.property(
        fc.array(piece).map((all) => all.join('')),
        fc.string(),
        (pattern, path) => {
          expect(() => compileGlob(pattern)?.matches(path)).not.toThrow();
        },
      ),
    );
  });

  it('takes no longer for a pattern made to be slow', () => {
    const start = performance.now();
    expect(compileGlob(`${'*a'.repeat(100)}b`)?.matches('a'.repeat(4_000))).toBe(false);
    expect(performance.now() - start).toBeLessThan(10_000);
  });
});

describe('isGlob', () => {
  it('knows patterns by *, ? and [', () => {
    expect(['a*', 'a?', 'a[b'].every(isGlob)).toBe(true);
  });
  it('takes braces alone for a name', () => {
    expect(isGlob('{a,b}')).toBe(false);
  });
});
