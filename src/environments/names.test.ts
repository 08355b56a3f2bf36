import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { environmentName, folderOf, nameInFolder, nameProblems, otherEnvironmentName } from './names.ts';

const project = (dir: string, workspace: string, name = '') => ({ dir, workspace, name });
const formProblem =
  "can contain only letters, digits, '-', '_', '/', '$', '{', '}', '.', and spaces, but it cannot start or end with '/'";

describe('environmentName', () => {
  it.each([
    [project('infra', 'prod', 'network'), 'network'],
    [project('infra', 'prod'), 'infra/prod'],
    [project('infra', 'default'), 'infra'],
    [project('.', 'prod'), 'prod'],
    [project('.', 'default'), 'default'],
    [project('a/b c', 'eu-1'), 'a/b c/eu-1'],
    [project('x', 'default', 'team@eu:1'), 'team-eu-1'],
    [project('x', 'default', '/team/'), '-team-'],
    [project('föö', 'default'), 'f--'],
    [project('x', 'default', '🙂'), '-'],
    [project('x', 'default', '  '), '-'],
  ])('makes %j into %s', (given, name) => {
    expect(environmentName(given)).toBe(name);
  });

  it('is legal for every project', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 400 });
    fc.assert(
      fc.property(text, text, text, (dir, workspace, name) => {
        expect(nameProblems(environmentName(project(dir, workspace, name)))).toEqual([]);
      }),
    );
  });

  it('keeps long names apart that begin alike', () => {
    const long = 'x'.repeat(300);
    expect(environmentName(project('a', 'w', `${long}1`))).not.toBe(environmentName(project('a', 'w', `${long}2`)));
  });
});

describe('otherEnvironmentName', () => {
  it('adds six characters of a digest', () => {
    expect(otherEnvironmentName(project('a', 'w', 'web'), 1)).toMatch(/^web-[a-z0-9]{6}$/);
  });

  it('is legal for the longest name', () => {
    expect(nameProblems(otherEnvironmentName(project('a', 'w', 'x'.repeat(255)), 1))).toEqual([]);
  });

  it('is different for each project', () => {
    const names = [project('a', 'w', 'web'), project('b', 'w', 'web'), project('a', 'v', 'web')];
    expect(new Set(names.map((each) => otherEnvironmentName(each, 1))).size).toBe(3);
  });
});

describe('nameProblems', () => {
  it.each([
    'production',
    'review/fix-foo',
    '1/foo',
    '$CI_COMMIT_REF_SLUG',
    'my env',
    '-',
    '.',
    'review//x',
    'x'.repeat(255),
  ])('has nothing against %s', (name) => {
    expect(nameProblems(name)).toEqual([]);
  });

  it.each(['/foo', 'foo/', 'foo@bar', 'foo:bar', 'föö', 'a\n', 'review/*', '/'])('refuses the form of %j', (name) => {
    expect(nameProblems(name)).toEqual([formProblem]);
  });

  it('refuses nothing at all', () => {
    expect(nameProblems('')).toEqual(["can't be blank", formProblem]);
  });

  it('refuses 256 characters', () => {
    expect(nameProblems('a'.repeat(256))).toEqual(['is too long (maximum is 255 characters)']);
  });
});

describe('folderOf', () => {
  it.each([
    ['review/a/b', 'review', 'a/b'],
    ['review//x', 'review', 'x'],
    ['production', null, null],
  ])('splits %s into %s and %s', (name, folder, rest) => {
    expect([folderOf(name), nameInFolder(name)]).toEqual([folder, rest]);
  });
});
