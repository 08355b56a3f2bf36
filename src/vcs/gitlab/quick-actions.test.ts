import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scaled } from '../../../test/support/scale.ts';
import { withoutQuickActions } from './quick-actions.ts';

describe('withoutQuickActions', () => {
  it.each([
    ['/merge', ' /merge'],
    ['one\n/approve\ntwo', 'one\n /approve\ntwo'],
    ['````diff\n```\n/MERGE now\n````', '````diff\n```\n /MERGE now\n````'],
    ['/target_branch main\n/q\t\n', ' /target_branch main\n /q\t\n'],
    ['a\n\r/merge', 'a\n /merge'],
    ['/\rmerge', ' /merge'],
    ['/mer\rge', ' /merge'],
  ])('takes %j its effect', (text, expected) => {
    expect(withoutQuickActions(text)).toBe(expected);
  });

  it.each(['/usr/bin/env', 'see /merge', ' /merge', '//merge', '/', '/ merge', '+ /merge\n'])(
    'leaves %j alone',
    (text) => {
      expect(withoutQuickActions(text)).toBe(text);
    },
  );

  it('leaves no line that GitLab would take for one', () => {
    const piece = fc.constantFrom('/', 'merge', 'close', '\n', '\r', ' ', '\t', '`', '```', 'x', '\u2028', '\u00a0');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const lines = withoutQuickActions(pieces.join('')).replaceAll('\r', '').split('\n');
        expect(lines.filter((line) => /^\/(merge|close)( .*)?[ \t]*$/i.test(line))).toEqual([]);
      }),
      { numRuns: scaled(20_000) },
    );
  });
});
