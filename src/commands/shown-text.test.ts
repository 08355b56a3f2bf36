import { describe, expect, it } from 'vitest';
import { recorded } from '../../test/support/comment-language.ts';
import { codeSpan, fenced, quoted, quotedFirst, shown } from './shown-text.ts';

describe('quoted', () => {
  it.each(recorded<{ text: string; quoted: string }>('quotes'))('quotes $text as Go does', (row) => {
    expect(quoted(row.text)).toBe(row.quoted);
  });
});

describe('shown', () => {
  it('leaves what is printable as it is', () => {
    const text = 'a "b" \\c <b>é日本😀</b> --x=`y`';
    expect(shown(text)).toBe(text);
  });
  it('shows no terminal escape, line break or change of direction', () => {
    expect(shown('a\x1b[31m\r\nb\u009b1m\u202ec\0')).toBe('a\\x1b[31m\\r\\nb\\u009b1m\\u202ec\\x00');
  });
  it('cuts what is long, between characters', () => {
    expect(shown('x'.repeat(501))).toBe(`${'x'.repeat(500)}…`);
    expect(shown(`${'x'.repeat(499)}😀`)).toBe(`${'x'.repeat(499)}…`);
  });
});

describe('quotedFirst', () => {
  it.each([
    ['abc', "'a'"],
    ["'", String.raw`'\''`],
    ['"', `'"'`],
    ['\\', String.raw`'\\'`],
    ['\x1b', String.raw`'\x1b'`],
    ['😀x', "'😀'"],
  ])('of %j is %s', (text, expected) => {
    expect(quotedFirst(text)).toBe(expected);
  });
});

describe('codeSpan', () => {
  it('is longer than any run of back-ticks in it', () => {
    expect([codeSpan('a'), codeSpan('a`b'), codeSpan('``')]).toEqual(['`a`', '`` a`b ``', '``` `` ```']);
  });
});

describe('fenced', () => {
  it('is longer than any run of back-ticks in it', () => {
    expect([fenced('a'), fenced('a\n', 'diff'), fenced('a ```` b')]).toEqual([
      '```\na\n```',
      '```diff\na\n```',
      '`````\na ```` b\n`````',
    ]);
  });
});
