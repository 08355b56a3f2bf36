import { describe, expect, it } from 'vitest';
import { renderTable } from './render-table.ts';

describe('renderTable', () => {
  it('lines columns up, without blanks at the ends', () => {
    const rows = [
      ['ID', 'NAME', 'URL'],
      ['10', 'a', ''],
      ['2', 'longer', 'x'],
    ];
    expect(renderTable(rows)).toBe('ID  NAME    URL\n10  a\n2   longer  x\n');
  });

  it('writes out what a terminal would obey', () => {
    const [first] = renderTable([['a\u001b]0;title\u0007', 'one\ntwo\u202e']]).split('\n');
    expect(first).toBe(String.raw`a\u001b]0;title\u0007  one\u000atwo\u202e`);
  });
});
