import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codeSpan, fence, inlineText, linkTarget } from './markdown.ts';

describe('fence', () => {
  it('is longer than any run of backticks in the text', () => {
    expect(fence('a\n````\nb', 'diff')).toBe('`````diff\na\n````\nb\n`````');
  });
  it('is ended by nothing in the text', () => {
    const anyText = fc.string({ unit: fc.constantFrom('`', '```', '\n', '\r', ' ', '~~~', 'a'), maxLength: 40 });
    fc.assert(
      fc.property(anyText, (text) => {
        const [opening = '', ...lines] = fence(text).split(/\r\n?|\n/);
        const ends = lines.flatMap((line, index) => (line.trim().startsWith(opening) ? [index] : []));
        expect(ends).toEqual([lines.length - 1]);
      }),
    );
  });
  it('keeps the line break at the end of the text', () => {
    expect(fence('a\n')).toBe('```\na\n\n```');
  });
  it('stays short for a text of many backticks', () => {
    const text = fence('`'.repeat(70_000));
    expect(text.split('\n')[0]).toBe('`'.repeat(40));
    expect(text.replaceAll('\u200b', '')).toContain('`'.repeat(70_000));
  });
  it('takes every kind of line break for one', () => {
    expect(fence('a\r\nb\rc')).toBe('```\na\nb\nc\n```');
  });
  it('shows what would be hidden or turned around', () => {
    expect(fence('a\u0000b\u001b[31m\u202ec\tü')).toBe('```\na\\u0000b\\u001b[31m\\u202ec\tü\n```');
  });
  it('replaces halves of characters, which hosts refuse', () => {
    expect(fence('a\ud83d b 😀')).toBe('```\na\ufffd b 😀\n```');
  });
  it('is indented as a whole in a list', () => {
    expect(fence('polder plan', 'shell', '  ')).toBe('  ```shell\n  polder plan\n  ```');
  });
});

describe('codeSpan', () => {
  const rows: [text: string, span: string][] = [
    ['a/b', '`a/b`'],
    ['a`b', '`` a`b ``'],
    ['``', '``` `` ```'],
    ['a\nb\tc', '`a\\nb\\tc`'],
  ];
  it.each(rows)('shows %j', (text, span) => {
    expect(codeSpan(text)).toBe(span);
  });
});

describe('inlineText', () => {
  const rows: [text: string, shown: string][] = [
    ['comment `atlantis plan` or [here](http://x)', 'comment `atlantis plan` or [here](http://x)'],
    ['locked by #2', 'locked by #2'],
    ['<img src=x>', '&lt;img src=x>'],
    ['for @org/team, not a@b.c', 'for @\u200borg/team, not a@b.c'],
    ['![i](http://x)', '!\\[i](http://x)'],
    ['x\n /merge\n/close', 'x\n \\/merge\n\\/close'],
  ];
  it.each(rows)('shows %j', (text, shown) => {
    expect(inlineText(text)).toBe(shown);
  });
});

describe('linkTarget', () => {
  it('cannot be ended by what is in it', () => {
    expect(linkTarget('http://x/lock?id=a)%252Fb (c) <d>')).toBe('http://x/lock?id=a%29%252Fb%20%28c%29%20%3Cd%3E');
  });
});
