import { describe, expect, it } from 'vitest';
import { fullNameProblem } from './full-name.ts';

describe('fullNameProblem', () => {
  it.each([
    ['Github', 'acme/infra'],
    ['Github', 'acme/.github'],
    ['Gitlab', 'group/sub/name'],
    ['AzureDevops', 'owner/my project/name'],
    ['Local', 'a/b/c'],
  ] as const)('takes %s %s', (hostType, fullName) => {
    expect(fullNameProblem(hostType, fullName)).toBeUndefined();
  });

  it.each([
    ['Github', 'name', 'invalid repo format "name", owner "" or repo "" was empty'],
    ['Github', 'acme/', 'invalid repo format "acme/", owner "" or repo "" was empty'],
    ['Github', '/name', 'invalid repo format "/name", owner "" or repo "" was empty'],
    ['Gitea', 'a/b/c', `invalid repo format "a/b/c", owner "a/b" should not contain any /'s`],
    ['Gitlab', '../b/c', `invalid repo format "../b/c", owner or repo cannot contain '..'`],
  ] as const)('refuses %s %s', (hostType, fullName, problem) => {
    expect(fullNameProblem(hostType, fullName)).toBe(problem);
  });

  it.each(['a//b', './b', 'a/./b', 'a\\b/c', 'a/b\n', ' a/b', 'a/\ud800', `a/${'b'.repeat(1000)}`])(
    'refuses %j',
    (fullName) => {
      expect(fullNameProblem('Gitlab', fullName)).toContain('expected <owner>/<name>');
    },
  );
});
