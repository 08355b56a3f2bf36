import { describe, expect, it } from 'vitest';
import { type FakeGitlab, type FakeProject, fakeGitlab, newHook } from '../../../test/fakes/gitlab/index.ts';
import { findingsOf, troubles, webhookUrl } from '../../../test/support/findings.ts';
import { gitlabOf } from '../../../test/support/hosts.ts';
import type { DiagnosisOrder, Finding } from '../index.ts';
import type { GitlabHostOptions } from './gitlab-host.ts';

type Asked = { readonly order?: Partial<DiagnosisOrder>; readonly options?: Partial<GitlabHostOptions> };

function look(gitlab: FakeGitlab, { order, options }: Asked = {}): Promise<readonly Finding[]> {
  return findingsOf(gitlabOf(gitlab, options), { repo: 'acme/platform/infra', ...order });
}

async function wellSetUp(): Promise<{ gitlab: FakeGitlab; project: FakeProject }> {
  const gitlab = await fakeGitlab({ path: '/gitlab' });
  const project = gitlab.addProject('acme/platform/infra');
  project.hooks?.push(newHook(webhookUrl));
  return { gitlab, project };
}

describe('diagnose, of GitLab', () => {
  it('finds all well where all is well', async () => {
    const { gitlab } = await wellSetUp();
    const findings = await look(gitlab);
    expect(findings.map(({ level, about }) => [level, about])).toEqual([
      ['ok', 'connection'],
      ['ok', 'clock'],
      ['ok', 'version'],
      ['ok', 'token'],
      ['ok', 'token scopes'],
      ['ok', 'repository'],
      ['ok', 'webhook'],
    ]);
    expect(JSON.stringify(findings)).not.toContain(gitlab.token);
  });

  it('tells a token that is not valid, and asks no further', async () => {
    const { gitlab } = await wellSetUp();
    const findings = await look(gitlab, { options: { token: 'glpat-wrong' } });
    expect(troubles(findings)).toEqual([expect.stringMatching(/^problem token: .*401 Unauthorized/)]);
    expect(JSON.stringify(findings)).not.toContain('glpat-wrong');
  });

  it('tells a certificate of an unknown authority as such', async () => {
    const { gitlab } = await wellSetUp();
    const findings = await look(gitlab, { options: { authorities: [] } });
    expect(troubles(findings)).toEqual([expect.stringContaining('no authority that is trusted here')]);
  });

  const rows: [string, (of: { gitlab: FakeGitlab; project: FakeProject }) => Asked | undefined, string[]][] = [
    [
      'a token of somebody else',
      () => ({ options: { user: 'other' } }),
      ['problem token: is that of polder-bot, and --gitlab-user is other'],
    ],
    [
      'a version that is too old',
      ({ gitlab }) => void Object.assign(gitlab.state, { version: '15.6.8' }),
      ['problem version: GitLab 15.6.8 is too old'],
    ],
    [
      'a missing scope',
      ({ gitlab }) => void Object.assign(gitlab.state, { token: { scopes: ['read_api'], expiresAt: null } }),
      ['problem token scopes: are read_api: api is missing'],
    ],
    [
      'a token that is about to expire',
      ({ gitlab }) => {
        gitlab.state.token = { scopes: ['api'], expiresAt: '2026-03-10' };
        return { options: { now: () => Date.parse('2026-03-01T00:00:00Z') } };
      },
      [
        expect.stringContaining('warning clock'),
        'warning token scopes: are api, until 2026-03-10',
      ] as unknown as string[],
    ],
    [
      'a GitLab that tells nothing of tokens',
      ({ gitlab }) => void Object.assign(gitlab.state, { token: null }),
      ['warning token scopes: are not told by this GitLab'],
    ],
    [
      'a project that is not there',
      () => ({ order: { repo: 'acme/other' } }),
      ['problem repository: acme/other is not there for this token'],
    ],
    [
      'a role that is too low',
      ({ project }) => void Object.assign(project, { access: { own: 20, ofGroup: null } }),
      ['problem repository: acme/platform/infra can be read and not written'],
    ],
    [
      'webhooks that cannot be seen',
      ({ project }) => void Object.assign(project, { hooks: null }),
      ['warning webhook: cannot be looked at: only the role Maintainer may'],
    ],
    [
      'that there is no webhook',
      ({ project }) => void Object.assign(project, { hooks: [] }),
      [`problem webhook: none of the repository leads to ${webhookUrl}: there is none`],
    ],
    [
      'a webhook without the events that failed',
      ({ project }) => {
        project.hooks = [newHook(webhookUrl, { notes: false, alertStatus: 'temporarily_disabled' })];
        return undefined;
      },
      [
        'problem webhook: does not send Comments',
        'problem webhook: its newest delivery went wrong: GitLab has switched it off for a while',
      ],
    ],
    [
      'a webhook that GitLab has switched off',
      ({ project }) => void Object.assign(project, { hooks: [newHook(webhookUrl, { alertStatus: 'disabled' })] }),
      ['problem webhook: is switched off'],
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
    expect(troubles(await look(world.gitlab, asked))).toEqual(expected);
  });

  it('counts a role that comes through the group', async () => {
    const { gitlab, project } = await wellSetUp();
    project.access = { own: null, ofGroup: 30 };
    expect(troubles(await look(gitlab))).toEqual([]);
  });
});
