import { describe, expect, it } from 'vitest';
import { matchProjectNames } from './match-project-names.ts';

const names = ['app', 'app-eu', 'app-us', 'a.b', 'axb', 'db'];

describe('matchProjectNames', () => {
  it.each([
    ['app', ['app']],
    ['app-.*', ['app-eu', 'app-us']],
    ['a.b', ['a.b']],
    ['a?b', []],
    ['ap', []],
    // Anchored as a whole, not only at its ends.
    ['app|eu', ['app']],
    ['db|us', ['db']],
    ['(?i)APP-EU', ['app-eu']],
    ['(', []],
    ['', []],
    ['x'.repeat(501), []],
  ])('finds what %j means', (written, found) => {
    expect(matchProjectNames(written, names, [])).toEqual(found);
  });

  it('finds several only by an expression with an allowed prefix', () => {
    const find = (written: string) => matchProjectNames(written, names, ['app', 'dev']);
    expect([find('app-.*'), find('.*-eu'), find('.*-..'), find('db')]).toEqual([
      ['app-eu', 'app-us'],
      ['app-eu'],
      [],
      ['db'],
    ]);
  });

  it('does not backtrack', () => {
    const many = Array.from({ length: 1000 }, (_, i) => `${'a'.repeat(60)}${i}`);
    const start = performance.now();
    expect(matchProjectNames('(a*)*(a*)*(a*)*b', many, [])).toEqual([]);
    expect(performance.now() - start).toBeLessThan(5_000);
  });
});
