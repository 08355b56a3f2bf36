import { describe, expect, it } from 'vitest';
import { ignoredCommentNotice } from './ignored-comment-notice.ts';

describe('ignoredCommentNotice', () => {
  it.each([
    ['atlantis plan', '"atlantis plan"'],
    ['', '""'],
    [' a\n"b"\t', String.raw`" a\n\"b\"\t"`],
    ['x'.repeat(40), `"${'x'.repeat(40)}"`],
    ['x'.repeat(41), `"${'x'.repeat(40)}..."`],
    ['é'.repeat(20), `"${'é'.repeat(20)}"`],
    ['é'.repeat(21), `"${'é'.repeat(20)}..."`],
    [`x${'é'.repeat(20)}`, String.raw`"x${'é'.repeat(19)}\xc3..."`],
    [`${'x'.repeat(38)}😀`, String.raw`"${'x'.repeat(38)}\xf0\x9f..."`],
    ['\x1b[1m', String.raw`"\x1b[1m"`],
    ['a\ud800', '"a\ufffd"'],
  ])('shows the beginning of %j', (body, shown) => {
    expect(ignoredCommentNotice(body)).toBe(`Ignoring non-command comment: ${shown}`);
  });
});
