import dockerignore from '@balena/dockerignore';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePathPattern } from './path-pattern.ts';

function matches(pattern: string, path: string): boolean {
  const compiled = compilePathPattern(pattern);
  if (!compiled) throw new Error(`${pattern} is not a pattern`);
  return compiled.matches(path);
}

describe('compilePathPattern', () => {
  const rows: [pattern: string, matching: string[], others: string[]][] = [
    ['a', ['a', 'a/b', 'a/b/c'], ['b', 'aa', 'b/a', '']],
    ['a/b', ['a/b', 'a/b/c'], ['a', 'a/c', 'a/bb', 'x/a/b']],
    ['*', ['a', 'a/b', '.a'], []],
    ['*.tf', ['main.tf', '.tf', 'x.tf/y'], ['main.tf.json', 'a/main.tf']],
    ['*.tf*', ['main.tf', 'main.tfvars', 'main.tf.json'], ['a/main.tf', 'main.tofu']],
    ['a/*', ['a/b', 'a/b/c'], ['a', 'b/c']],
    ['a/*/c', ['a/b/c', 'a/b/c/d'], ['a/c', 'a/b/b/c']],
    ['?', ['a', 'a/b', 'é', '😀'], ['ab', 'ab/a']],
    ['a?c', ['abc'], ['a/c', 'ac']],
    ['**', ['a', 'a/b', ''], []],
    ['**/a', ['a', 'x/a', 'x/y/a', 'x/a/y'], ['xa', 'a.b', 'x/ab']],
    ['**/*.tf', ['main.tf', 'a/main.tf', 'a/b/main.tf'], ['main.tf.json', 'a/tf']],
    ['a/**', ['a/b', 'a/b/c'], ['a', 'ab/c', 'b/a/c']],
    ['a/**/b', ['a/b', 'a/x/b', 'a/x/y/b', 'a/x/b/c'], ['ab', 'a/xb', 'x/a/b']],
    ['**/a/**/b', ['a/b', 'x/a/y/b'], ['b', 'a/xb']],
    ['a**b', ['ab', 'ax/b', 'a/x/b'], ['axb', 'a']],
    ['[ab]', ['a', 'b'], ['c', 'ab', '[ab]']],
    ['[a-c]x', ['ax', 'cx'], ['dx', '-x']],
    ['[^a-c]x', ['dx'], ['ax', '/x', 'x']],
    ['[a-]', ['a', '-'], ['b']],
    ['[\\]]', [']'], ['\\']],
    ['\\*', ['*'], ['a']],
    ['a\\?', ['a?'], ['ab']],
    ['{a,b}', ['{a,b}'], ['a', 'b']],
    ['a+(b|c).$^', ['a+(b|c).$^'], ['aab', 'ab', 'ac']],
    ['main.tf', ['main.tf'], ['mainxtf', 'MAIN.TF']],
  ];
  it.each(rows)('matches %j with %j, and not with %j', (pattern, matching, others) => {
    expect(matching.filter((path) => !matches(pattern, path))).toEqual([]);
    expect(others.filter((path) => matches(pattern, path))).toEqual([]);
  });

  it.each(['[', 'a[b', '[]', '[^]', '[b-a]', 'a\\', 'x'.repeat(1_001)])('refuses %j', (pattern) => {
    expect(compilePathPattern(pattern)).toBeUndefined();
  });

  it.each([
    ['a/b/*.tf', 'a/b'],
    ['a/b/c.tf', 'a/b'],
    ['a/b*/c', 'a'],
    ['**/*.tf', ''],
    ['a', ''],
    ['a/[b]/c/d', 'a'],
    ['a/\\*/c', 'a'],
  ])('says that %j matches only below %j', (pattern, folder) => {
    expect(compilePathPattern(pattern)?.folder).toBe(folder);
  });

  const part = fc.array(fc.constantFrom('a', 'b', '.', '*', '?'), { minLength: 1, maxLength: 4 }).map((all) =>
    // Two stars inside of a part mean something of their own, which the tables above show.
    all.join('').replace(/\*{2,}/g, '*'),
  );
  const pattern = fc
    .array(fc.oneof(part, fc.constant('**')), { minLength: 1, maxLength: 4 })
    .map((parts) => parts.join('/'))
    .filter((text) => !/(^|\/)\.{1,2}(\/|$)/.test(text));
  const path = fc
    .array(fc.stringMatching(/^[ab.]{1,3}$/), { minLength: 1, maxLength: 5 })
    .map((parts) => parts.join('/'))
    .filter((text) => !/(^|\/)\.{1,2}(\/|$)/.test(text));

  it('agrees with a library for these files', () => {
    fc.assert(
      fc.property(pattern, path, (written, asked) => {
        const library = dockerignore.default({ ignorecase: false }).add(written);
        expect([written, asked, matches(written, asked)]).toEqual([written, asked, library.ignores(asked)]);
      }),
      { numRuns: 3_000 },
    );
  });

  it('finds a path exactly when it or a folder above it is matched by trying every way', () => {
    fc.assert(
      fc.property(pattern, path, (written, asked) => {
        const parts = asked.split('/');
        const slow = parts.some((_part, last) => tries(written.split('/'), parts.slice(0, last + 1)));
        expect([written, asked, matches(written, asked)]).toEqual([written, asked, slow]);
      }),
      { numRuns: 3_000 },
    );
  });

  it('matches nothing outside of the folder it tells', () => {
    fc.assert(
      fc.property(pattern, path, (written, asked) => {
        const compiled = compilePathPattern(written);
        const above = compiled?.folder ? `${compiled.folder}/` : '';
        expect(compiled?.matches(asked) === true && !asked.startsWith(above)).toBe(false);
      }),
    );
  });

  it('never throws', () => {
    const piece = fc.constantFrom('*', '**', '?', '[', ']', '^', '-', '\\', '/', 'a', 'z', '.', '\n', '😀');
    const text = fc.array(piece).map((all) => all.join(''));
    fc.assert(
      fc.property(text, text, (written, asked) => {
        expect(() => compilePathPattern(written)?.matches(asked)).not.toThrow();
      }),
    );
  });

  it.each(['*a'.repeat(300), '**/*a'.repeat(100), '**/'.repeat(300), '?*'.repeat(300)])(
    'takes no longer for a pattern made to be slow: %.12s…',
    (written) => {
      const start = performance.now();
      expect(matches(`${written}b`, `${'a'.repeat(100)}/`.repeat(40))).toBe(false);
      expect(performance.now() - start).toBeLessThan(10_000);
    },
  );
});

/** The simple way, with patterns and paths in parts. Takes exponential time. */
function tries(pattern: readonly string[], path: readonly string[]): boolean {
  const [first, ...rest] = pattern;
  if (first === undefined) return path.length === 0;
  if (first === '**') {
    // At the end it stands for at least one part, elsewhere for any number.
    if (rest.length === 0) return path.length > 0;
    return path.some((_part, at) => tries(rest, path.slice(at))) || tries(rest, []);
  }
  const [part, ...others] = path;
  return part !== undefined && triesPart(first, part) && tries(rest, others);
}

function triesPart(pattern: string, part: string): boolean {
  if (pattern === '') return part === '';
  if (pattern.startsWith('*')) {
    return Array.from({ length: part.length + 1 }).some((_none, at) => triesPart(pattern.slice(1), part.slice(at)));
  }
  return part !== '' && (pattern[0] === '?' || pattern[0] === part[0]) && triesPart(pattern.slice(1), part.slice(1));
}
