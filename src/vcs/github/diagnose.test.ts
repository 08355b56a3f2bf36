import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type FakeGithub, type FakeRepo, fakeGithub, newHook } from '../../../test/fakes/github/index.ts';
import { findingsOf, troubles, webhookUrl } from '../../../test/support/findings.ts';
import { githubOf } from '../../../test/support/hosts.ts';
import type { DiagnosisOrder, Finding } from '../index.ts';
import type { GithubHostOptions } from './github-host.ts';

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const key = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
const app = { kind: 'app', appId: 1, privateKey: key, installationId: null, slug: null } as const;

type Asked = { readonly order?: Partial<DiagnosisOrder>; readonly options?: Partial<GithubHostOptions> };

function look(github: FakeGithub, { order, options }: Asked = {}): Promise<readonly Finding[]> {
  return findingsOf(githubOf(github, options), order);
}

async function wellSetUp(): Promise<{ github: FakeGithub; repo: FakeRepo }> {
  const github = await fakeGithub();
  const repo = github.addRepo('acme/infra');
  repo.hooks?.push(newHook(webhookUrl));
  return { github, repo };
}

describe('diagnose, of GitHub with a token', () => {
  it('finds all well where all is well', async () => {
    const { github } = await wellSetUp();
    const findings = await look(github);
    expect(findings.map(({ level, about }) => [level, about])).toEqual([
      ['ok', 'connection'],
      ['ok', 'clock'],
      ['ok', 'token'],
      ['ok', 'token scopes'],
      ['ok', 'repository'],
      ['ok', 'webhook'],
    ]);
    expect(JSON.stringify(findings)).not.toContain(github.token);
  });

  it('tells a token that is not valid, and asks no further', async () => {
    const { github } = await wellSetUp();
    github.state.tokens.clear();
    expect(troubles(await look(github))).toEqual([expect.stringMatching(/^problem token: .*Bad credentials/)]);
  });

  it('tells a certificate of an unknown authority as such', async () => {
    const { github } = await wellSetUp();
    const [finding, ...others] = await look(github, { options: { authorities: [] } });
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ level: 'problem', about: 'connection' });
    expect(finding?.text).toContain('DEPTH_ZERO_SELF_SIGNED_CERT');
    expect(finding?.remedy).toContain('SSL_CERT_FILE');
  });

  it('tells a clock that is wrong', async () => {
    const { github } = await wellSetUp();
    const now = () => Date.now() - 300_000;
    const expected = expect.stringMatching(/^warning clock: this machine's clock is (299|300|301) s behind$/);
    expect(troubles(await look(github, { options: { now } }))).toEqual([expected]);
  });

  const rows: [string, (of: { github: FakeGithub; repo: FakeRepo }) => Asked | undefined, string[]][] = [
    [
      'a token of somebody else',
      ({ github }) => ({
        options: { credentials: { kind: 'token', user: 'other', token: async () => github.token } },
      }),
      ['problem token: is that of polder-bot, and --gh-user is other'],
    ],
    [
      'a missing scope',
      ({ github }) => void Object.assign(github.state, { scopes: 'gist, workflow' }),
      ['problem token scopes: are gist, workflow: repo is missing'],
    ],
    [
      'a missing scope for teams',
      ({ github }) => {
        github.state.scopes = 'repo';
        return { order: { usesTeams: true } };
      },
      ['problem token scopes: lack read:org, which --gh-team-allowlist needs'],
    ],
    [
      'a token whose permissions nobody tells',
      ({ github }) => void Object.assign(github.state, { scopes: null }),
      ['warning token scopes: are not told, as of every fine-grained token'],
    ],
    [
      'a repository that is not there',
      () => ({ order: { repo: 'acme/other' } }),
      ['problem repository: acme/other is not there for these credentials'],
    ],
    [
      'a repository that cannot be written',
      ({ repo }) => void Object.assign(repo, { permissions: { admin: false, push: false, pull: true } }),
      ['problem repository: acme/infra can be read and not written'],
    ],
    [
      'webhooks that cannot be seen',
      ({ repo }) => void Object.assign(repo, { hooks: null }),
      [
        'warning webhook: cannot be looked at: only administrators of the repository may, with the scope read:repo_hook',
      ],
    ],
    [
      'a webhook that leads elsewhere, without the secrets of its address',
      ({ repo }) => void Object.assign(repo, { hooks: [newHook('https://ci.example.com/hook?key=s3cret')] }),
      [
        `problem webhook: none of the repository leads to ${webhookUrl}: those that there are lead to https://ci.example.com`,
      ],
    ],
    [
      'a webhook without the events',
      ({ repo }) => void Object.assign(repo, { hooks: [newHook(webhookUrl, { events: ['push', 'pull_request'] })] }),
      ['problem webhook: does not send issue_comment'],
    ],
    [
      'a webhook that is off, has no secret and checks nothing',
      ({ repo }) =>
        void Object.assign(repo, {
          hooks: [newHook(webhookUrl, { active: false, hasSecret: false, insecure: true })],
        }),
      [
        'problem webhook: is switched off',
        'problem webhook: has no secret, so that its deliveries are refused',
        'warning webhook: does not check the certificate of this server',
      ],
    ],
    [
      'a delivery that went wrong',
      ({ repo }) =>
        void Object.assign(repo, {
          hooks: [
            newHook(webhookUrl, {
              lastResponse: { code: 400, status: 'active', message: 'Invalid HTTP Response: 400' },
            }),
          ],
        }),
      ['problem webhook: its newest delivery went wrong: 400 Invalid HTTP Response: 400'],
    ],
    [
      'a delivery that did not arrive',
      ({ repo }) => {
        const lastResponse = { code: 0, status: 'timeout', message: 'failed to connect to host' };
        Object.assign(repo, { hooks: [newHook(webhookUrl, { lastResponse })] });
      },
      ['problem webhook: its newest delivery went wrong: timeout failed to connect to host'],
    ],
    [
      'a webhook that was never used',
      ({ repo }) => {
        const lastResponse = { code: 0, status: 'unused', message: 'Unused' };
        Object.assign(repo, { hooks: [newHook(webhookUrl, { lastResponse })] });
      },
      [],
    ],
    [
      'a name with more than it has',
      () => ({ order: { repo: 'acme/infra/app' } }),
      ['problem repository: acme/infra/app is acme/infra there'],
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
    expect(troubles(await look(world.github, asked))).toEqual(expected);
  });

  it('takes a webhook that sends everything', async () => {
    const { github, repo } = await wellSetUp();
    repo.hooks?.splice(0, 1, newHook(webhookUrl, { events: ['*'] }));
    expect(troubles(await look(github))).toEqual([]);
  });
});

describe('diagnose, of GitHub as an app', () => {
  it('takes the refusal of another repository for what it is', async () => {
    const { github } = await wellSetUp();
    github.state.app.hook.lastResponse = { code: 403, status: 'Invalid HTTP Response: 403', message: null };
    expect(troubles(await look(github, { options: { credentials: app } }))).toEqual([]);
  });

  it('finds all well where all is well', async () => {
    const { github } = await wellSetUp();
    const findings = await look(github, { options: { credentials: app }, order: { usesTeams: true } });
    expect(troubles(findings)).toEqual([]);
    expect(findings.map(({ about }) => about)).toEqual([
      'connection',
      'clock',
      'app',
      'app permissions',
      'webhook',
      'repository',
    ]);
  });

  const rows: [string, (github: FakeGithub) => Partial<typeof app> | undefined, string[]][] = [
    [
      'another slug',
      () => ({ slug: 'other' }) as unknown as Partial<typeof app>,
      ['problem app: --gh-app-slug is other'],
    ],
    [
      'an app that is installed nowhere',
      (github) => void Object.assign(github.state.app, { installations: [] }),
      ['problem app installation: there is none'],
    ],
    [
      'installations to choose from',
      (github) => void Object.assign(github.state.app, { installations: [4, 5] }),
      ['problem app installation: there are 4, 5'],
    ],
    [
      'missing permissions',
      (github) =>
        void Object.assign(github.state.app, { permissions: { contents: 'read', issues: 'write', statuses: 'write' } }),
      ['problem app permissions: installation 1 lacks contents: write, pull_requests: write'],
    ],
    [
      'missing events',
      (github) => void Object.assign(github.state.app, { events: ['push'] }),
      ['problem webhook: does not send issue_comment, pull_request'],
    ],
    [
      'a delivery that went wrong',
      (github) => {
        github.state.app.hook.lastResponse = { code: 502, status: 'failed', message: null };
        return undefined;
      },
      ['problem webhook: its newest delivery went wrong: 502 502'],
    ],
  ];
  it.each(rows)('tells %s', async (_, change, expected) => {
    const { github } = await wellSetUp();
    const credentials = { ...app, ...change(github) };
    expect(troubles(await look(github, { options: { credentials } }))).toEqual(expected);
  });
});
