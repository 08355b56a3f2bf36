import { describe, expect, it } from 'vitest';
import { highestVersion, parseVersionConstraint } from './version-constraint.ts';

const known = [
  '0.14.11',
  '1.0.0',
  '1.4.7',
  '1.5.0',
  '1.5.7',
  '1.6.0-beta1',
  '1.6.0',
  '1.6.2',
  '1.10.1',
  '2.0.0-alpha1',
  '2.0.0',
];

describe('parseVersionConstraint', () => {
  it.each([
    ['1.5.7', ['1.5.7']],
    ['v1.5.7', ['1.5.7']],
    ['= 1.5', ['1.5.0']],
    [
      '!= 1.5.7',
      ['0.14.11', '1.0.0', '1.4.7', '1.5.0', '1.6.0-beta1', '1.6.0', '1.6.2', '1.10.1', '2.0.0-alpha1', '2.0.0'],
    ],
    ['>= 1.5, < 2.0', ['1.5.0', '1.5.7', '1.6.0', '1.6.2', '1.10.1']],
    ['> 1.5', ['1.5.7', '1.6.0', '1.6.2', '1.10.1', '2.0.0']],
    ['<=1', ['0.14.11', '1.0.0']],
    ['~> 1.5', ['1.5.0', '1.5.7', '1.6.0', '1.6.2', '1.10.1']],
    ['~> 1.5.1', ['1.5.7']],
    ['~> 1', ['1.0.0', '1.4.7', '1.5.0', '1.5.7', '1.6.0', '1.6.2', '1.10.1', '2.0.0']],
    ['>= 1.6.0-beta1', ['1.6.0-beta1', '1.6.0', '1.6.2', '1.10.1', '2.0.0']],
    ['~> 1.6.0-beta1', ['1.6.0-beta1']],
    ['1.6.0-beta1', ['1.6.0-beta1']],
    ['>= 1.5, != 1.6.0, < 1.10', ['1.5.0', '1.5.7', '1.6.2']],
    ['>= 9', []],
  ])('%s allows', (text, expected) => {
    const constraint = parseVersionConstraint(text);
    expect(known.filter((version) => constraint?.allows(version))).toEqual(expected);
  });

  it.each(['', 'latest', '1.x', '^1.5', '>= 1.5 < 2', '1.5,', '1.2.3.4', '=> 1', '$(id)', '>= 1.5 || 2'])(
    'refuses %j',
    (text) => {
      expect(parseVersionConstraint(text)).toBeUndefined();
    },
  );

  it.each([
    ['1.5.7', '1.5.7'],
    ['=v1.5', '1.5.0'],
    ['1.12.0-rc1', '1.12.0-rc1'],
    ['>= 1.5.7', null],
    ['1.5.7, != 1.5.6', null],
  ])('knows the one version of %s', (text, expected) => {
    expect(parseVersionConstraint(text)?.exact).toBe(expected);
  });
});

describe('highestVersion', () => {
  it('compares numbers, not text', () => {
    expect(highestVersion(known, parseVersionConstraint('~> 1.5') ?? null)).toBe('1.10.1');
  });
  it('takes the highest release where nothing is asked for', () => {
    expect(highestVersion(known.slice(0, -1), null)).toBe('1.10.1');
  });
  it('has no answer where nothing fits', () => {
    expect(highestVersion(known, parseVersionConstraint('> 3') ?? null)).toBeUndefined();
  });
});
