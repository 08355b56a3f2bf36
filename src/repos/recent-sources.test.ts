import { expect, it } from 'vitest';
import { createHosts, type VcsHost } from '../vcs/index.ts';
import { createRecentSources } from './recent-sources.ts';
import type { Repo } from './types.ts';

const repo: Repo = {
  id: 1,
  host: 'git.test',
  hostType: 'Gitea',
  fullName: 'acme/infra',
  groupId: 1,
  visibility: 'private',
  createdAt: 0,
};

/** A host whose repo moves with every question, and whose token changes. */
function world(host: Partial<VcsHost> = {}) {
  let asked = 0;
  let token = 0;
  let now = 0;
  const credentials = () => {
    token += 1;
    return { username: 'polder', password: `token-${token}` };
  };
  const gitea = {
    type: 'Gitea',
    hostname: 'git.test',
    findRepo: async () => {
      asked += 1;
      return {
        fullName: 'acme/infra',
        source: { url: `https://git.test/${asked}`, credentials: credentials() },
        webUrl: null,
      };
    },
    gitAccess: async () => ({ url: 'https://git.test', credentials: credentials() }),
    ...host,
  } as unknown as VcsHost;
  const sources = createRecentSources({ hosts: createHosts([gitea]), now: () => now });
  const seen = async () => {
    const { url, credentials: by } = await sources.of(repo);
    return `${url} ${by?.password}`;
  };
  return { seen, note: (url: string) => sources.note(repo, url), forward: (ms: number) => (now += ms) };
}

it('asks for the address once in ten minutes, and for credentials each time', async () => {
  const { seen, forward } = world();
  expect([await seen(), await seen()]).toEqual(['https://git.test/1 token-1', 'https://git.test/1 token-2']);
  forward(10 * 60_000);
  expect(await seen()).toBe('https://git.test/2 token-3');
});

it('asks each time where a host gives no credentials by themselves', async () => {
  const { seen } = world({ gitAccess: undefined } as unknown as Partial<VcsHost>);
  expect([await seen(), await seen()]).toEqual(['https://git.test/1 token-1', 'https://git.test/2 token-2']);
});

it('keeps nothing of a question that was not answered', async () => {
  let isThere = false;
  const source = { url: 'https://git.test/x', credentials: null };
  const findRepo = async () => (isThere ? { fullName: 'acme/infra', source, webUrl: null } : undefined);
  const { seen } = world({ findRepo });
  await expect(seen()).rejects.toMatchObject({ code: 'repo_not_found' });
  isThere = true;
  expect(await seen()).toBe('https://git.test/x undefined');
});

it('asks for no address that its host has told by the way', async () => {
  const { seen, note } = world();
  note('https://git.test/told');
  expect(await seen()).toBe('https://git.test/told token-1');
});
