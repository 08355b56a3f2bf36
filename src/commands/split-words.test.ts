import { describe, expect, it } from 'vitest';
import { recorded } from '../../test/support/comment-language.ts';
import { splitWords } from './split-words.ts';

describe('splitWords', () => {
  it.each([
    ['plan -d a', ['plan', '-d', 'a']],
    [`-var 'a b' "c d" e\\ f`, ['-var', 'a b', 'c d', 'e f']],
    [`a"b"'c' "" ''`, ['abc', '', '']],
    [String.raw`"a\"b\\c" 'a\b'`, [String.raw`a"b\c`, String.raw`a\b`]],
    ['a #b c', ['a']],
    ['a#b', ['a#b']],
    ['$(id) `id` ; > x', ['$(id)', '`id`', ';', '>', 'x']],
  ])('splits %j', (line, words) => {
    expect(splitWords(line)).toEqual({ kind: 'ok', words });
  });

  it.each([
    [`a 'b`, 'EOF found when expecting closing quote'],
    [`a "b'`, 'EOF found when expecting closing quote'],
    ['a \\', 'EOF found after escape character'],
    ['a "\\', 'EOF found after escape character'],
  ])('says why %j has no words', (line, reason) => {
    expect(splitWords(line)).toEqual({ kind: 'invalid', reason });
  });

  it('does to each recorded line what the Go library does', () => {
    const rows = recorded<{ text: string; words?: string[]; error?: string }>('words');
    const ours = rows.map(({ text }) => ({ text, result: splitWords(text) }));
    const theirs = rows.map(({ text, words = [], error }) => ({
      text,
      result: error === undefined ? { kind: 'ok', words } : { kind: 'invalid', reason: error },
    }));
    expect(ours).toEqual(theirs);
    expect(rows.length).toBeGreaterThan(400);
  });
});
