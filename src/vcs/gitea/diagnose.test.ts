import { describe, expect, it } from 'vitest';
import { type FakeGitea, type FakeRepo, fakeGitea, newHook } from '../../../test/fakes/gitea/index.ts';
import { findingsOf, troubles, webhookUrl } from '../../../test/support/findings.ts';
import { giteaOf } from '../../../test/support/hosts.ts';
import type { DiagnosisOrder, Finding } from '../index.ts';
import type { GiteaHostOptions } from './gitea-host.ts';

type Asked = { readonly order?: Partial<DiagnosisOrder>; readonly options?: Partial<GiteaHostOptions> };

function look(gitea: FakeGitea, { order, options }: Asked = {}): Promise<readonly Finding[]> {
  return findingsOf(giteaOf(gitea, options), order);
}

async function wellSetUp(flavour: 'gitea' | 'forgejo' = 'gitea'): Promise<{ gitea: FakeGitea; repo: FakeRepo }> {
  const gitea = await fakeGitea({ flavour });
  const repo = gitea.addRepo('acme/infra');
  repo.hooks?.push(newHook(webhookUrl));
  return { gitea, repo };
}

describe('diagnose, of Gitea', () => {
  it.each(['gitea', 'forgejo'] as const)('finds all well where all is well (%s)', async (flavour) => {
    const { gitea } = await wellSetUp(flavour);
    const findings = await look(gitea);
    expect(findings.map(({ level, about }) => [level, about])).toEqual([
      ['ok', 'connection'],
      ['ok', 'clock'],
      ['ok', 'version'],
      ['ok', 'token'],
      ['ok', 'repository'],
      ['ok', 'webhook'],
    ]);
    expect(JSON.stringify(findings)).not.toContain(gitea.token);
  });

  const rows: [string, (of: { gitea: FakeGitea; repo: FakeRepo }) => Asked | undefined, string[]][] = [
    [
      'a token that is not valid, and asks no further',
      () => ({ options: { token: 'wrong' } }),
      ['problem token: asking Gitea (GET /version): invalid username, password or token'],
    ],
    [
      'a token of somebody else',
      () => ({ options: { user: 'other' } }),
      ['problem token: is that of polder-bot, and --gitea-user is other'],
    ],
    [
      'a token that does not say whose it is, and goes on',
      ({ gitea, repo }) => {
        gitea.state.mayReadUser = false;
        repo.permissions.push = false;
        return undefined;
      },
      ['warning token: may not tell whose it is', 'problem repository: acme/infra can be read and not written'],
    ],
    [
      'a repository that is not there',
      () => ({ order: { repo: 'acme/other' } }),
      ['problem repository: acme/other is not there for this token'],
    ],
    [
      'webhooks that cannot be seen',
      ({ repo }) => void Object.assign(repo, { hooks: null }),
      ['warning webhook: cannot be looked at: only administrators of the repository may'],
    ],
    [
      'a webhook without the events',
      ({ repo }) => void Object.assign(repo, { hooks: [newHook(webhookUrl, { events: ['push', 'pull_request'] })] }),
      ['problem webhook: does not send pull_request_sync, pull_request_comment'],
    ],
    [
      'a server without a secret',
      () => ({ options: { webhookSecret: null } }),
      ['problem webhook secret: none is set, so that anybody can send deliveries'],
    ],
  ];
  it.each(rows)('tells %s', async (_, change, expected) => {
    const world = await wellSetUp();
    const asked = change(world);
    expect(troubles(await look(world.gitea, asked))).toEqual(expected);
  });
});
