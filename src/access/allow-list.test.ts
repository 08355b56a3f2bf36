import { describe, expect, it } from 'vitest';
import { parseAllowList } from './allow-list.ts';

function isAllowed(text: string, name: string): boolean {
  const list = parseAllowList(text);
  if (list.kind === 'invalid') throw new Error(list.message);
  const slash = name.indexOf('/');
  return list.isAllowed(name.slice(0, slash), name.slice(slash + 1));
}

describe('parseAllowList', () => {
  it.each([
    ['github.com/owner/*', 'github.com/owner/x'],
    ['github.com/owner/*', 'GITHUB.com/Owner/x'],
    ['GitHub.com/Owner/*', 'github.com/owner/x'],
    ['*', 'local/a/b'],
    ['github.com/owner/repo', 'github.com/owner/repo'],
    ['github.com/myorg/*-infra', 'github.com/myorg/x-infra'],
    ['github.com/*/infra-*', 'github.com/a/infra-1'],
    ['github.com/a*a/x', 'github.com/aa/x'],
    ['*/b/*', 'local/b/c'],
    [' github.com/a/b , github.com/c/d ', 'github.com/c/d'],
    ['github.com/o/*,! github.com/o/x', 'github.com/o/y'],
    ['gitlab.com/group/*', 'gitlab.com/group/sub/name'],
    ['ghe.example.com/acme/*', 'ghe.example.com:8443/acme/x'],
    ['ghe.example.com:8443/acme/*', 'ghe.example.com:8443/acme/x'],
  ])('%s admits %s', (text, name) => {
    expect(isAllowed(text, name)).toBe(true);
  });

  it.each([
    ['github.com/owner/repo', 'github.com/owner/repo2'],
    ['github.com/owner/repo', 'github.com/owner'],
    ['github.com/owner/*', 'github.com/owners/x'],
    ['github.com/myorg/*-infra', 'github.com/evil/x-infra'],
    ['github.com/myorg/*-infra', 'github.com/myorg/-infra2'],
    ['github.com/a*a/x', 'github.com/a/x'],
    ['github.com/*ab*ba', 'github.com/o/aba'],
    ['github.com/owner/repo', 'evil.com/github.com/owner/repo'],
    ['github.com/owner/rep?', 'github.com/owner/repo'],
    ['github.com/o/*,!github.com/o/x', 'github.com/o/x'],
    ['github.com/o/*,!github.com/o/x', 'GitHub.com/o/X'],
    ['!github.com/o/x', 'github.com/o/y'],
    ['*,!ghe.example.com/acme/x', 'ghe.example.com:8443/acme/x'],
    ['*,!ghe.example.com:8443/acme/x', 'ghe.example.com:8443/acme/x'],
    ['ghe.example.com:8443/acme/*', 'ghe.example.com/acme/x'],
    ['ghe.example.com:8443/acme/*', 'ghe.example.com:9443/acme/x'],
  ])('%s refuses %s', (text, name) => {
    expect(isAllowed(text, name)).toBe(false);
  });

  it('decides about a rule with many stars without trying all ways to place them', () => {
    expect(isAllowed(`github.com/${'*a'.repeat(200)}`, `github.com/${'a'.repeat(5000)}b`)).toBe(false);
  });

  it.each([
    ['', '--repo-allowlist must be set for security purposes'],
    [' , ', '--repo-allowlist must be set for security purposes'],
    ['https://github.com/a/b', '--repo-allowlist cannot contain ://, should be hostnames only'],
    ['a/b,!', '--repo-allowlist has a ! with no repository after it'],
  ])('names the flag when it refuses %j', (text, message) => {
    expect(parseAllowList(text)).toEqual({ kind: 'invalid', message });
  });
});
