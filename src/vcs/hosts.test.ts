import { describe, expect, it } from 'vitest';
import { repoOnly } from './capabilities.ts';
import { createHosts } from './hosts.ts';
import type { HostType, VcsHost } from './types.ts';

function host(type: HostType, hostname: string): VcsHost {
  return {
    type,
    hostname,
    capabilities: repoOnly,
    findRepo: async () => undefined,
  };
}

describe('createHosts', () => {
  const github = host('Github', 'github.com');
  const local = host('Local', 'local');
  const hosts = createHosts([github, local]);

  it('finds a host by its type', () => {
    expect(hosts.byType('Github')).toBe(github);
    expect(hosts.byType('Gitlab')).toBeUndefined();
  });

  it('finds a host by its name, whatever the case', () => {
    expect(hosts.byHostname('GitHub.com')).toBe(github);
    expect(hosts.byHostname('gitlab.com')).toBeUndefined();
  });

  it('refuses two hosts that cannot be told apart', () => {
    expect(() => createHosts([local, host('Gitea', 'LOCAL')])).toThrow('two have one type or one host name');
    expect(() => createHosts([local, host('Local', 'other')])).toThrow('Local local, Local other');
  });
});
