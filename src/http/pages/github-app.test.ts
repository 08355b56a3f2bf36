import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type FakeGithub, fakeGithub } from '../../../test/fakes/github/index.ts';
import { openTestApp, type TestApp } from '../../../test/support/http-app.ts';
import { createLog } from '../../lib/log.ts';
import { type GithubAppSetupOptions, githubAppSetup } from '../../vcs/github/index.ts';

type World = TestApp & { readonly github: FakeGithub; readonly logged: () => string };

async function openSetup(
  changed: Partial<GithubAppSetupOptions> = {},
  baseUrl = 'https://polder.test',
): Promise<World> {
  const github = await fakeGithub();
  const lines: string[] = [];
  const githubApp = githubAppSetup({
    hostname: github.hostname,
    organisation: '',
    isDone: false,
    authorities: async () => [readFileSync(github.certificateFile, 'utf8')],
    now: Date.now,
    ...changed,
  });
  const log = createLog({ level: 'debug', destination: { write: (line) => void lines.push(line) } });
  const app = await openTestApp({ over: { githubApp, log }, settings: { baseUrl } });
  return { ...app, github, logged: () => lines.join('') };
}

async function get({ app }: TestApp, url: string, headers: Record<string, string> = {}) {
  const reply = await app.inject({ method: 'GET', url, headers });
  return { status: reply.statusCode, body: reply.body, headers: reply.headers };
}

/** What a browser has after it opened the page: the cookie, and the state that the form takes along. */
async function begin(world: World) {
  const { body, headers } = await get(world, '/github-app/setup');
  const cookie = String(headers['set-cookie']).split(';')[0] ?? '';
  const state = /state=([\w-]+)"/.exec(body)?.[1] ?? '';
  return { body, headers, cookie, state };
}

function unescapeHtml(text: string): string {
  return text.replaceAll('&quot;', '"').replaceAll('&amp;', '&').replaceAll('&#39;', "'");
}

describe('GET /github-app/setup', () => {
  it('sends a manifest to GitHub that leads back to this server', async () => {
    const world = await openSetup();
    const { body } = await begin(world);
    expect(body).toContain(`<form method="post" action="https://${world.github.hostname}/settings/apps/new?state=`);
    const manifest: unknown = JSON.parse(unescapeHtml(/name="manifest" value="([^"]+)"/.exec(body)?.[1] ?? ''));
    expect(manifest).toEqual({
      name: 'Atlantis for polder.test',
      description: 'Terraform pull request automation at https://polder.test',
      url: 'https://polder.test',
      redirect_url: 'https://polder.test/github-app/exchange-code',
      public: false,
      hook_attributes: { url: 'https://polder.test/events', active: true },
      default_events: [
        'check_run',
        'create',
        'delete',
        'issue_comment',
        'issues',
        'pull_request',
        'pull_request_review',
        'pull_request_review_comment',
        'push',
      ],
      default_permissions: {
        actions: 'read',
        administration: 'read',
        checks: 'write',
        contents: 'write',
        issues: 'write',
        members: 'read',
        pull_requests: 'write',
        repository_hooks: 'write',
        statuses: 'write',
      },
    });
  });

  it('registers the app for an organisation when it is told one', async () => {
    const world = await openSetup({ hostname: 'github.com', organisation: 'acme' });
    expect((await begin(world)).body).toContain(
      'action="https://github.com/organizations/acme/settings/apps/new?state=',
    );
  });

  it('lets the form go to GitHub and nowhere else', async () => {
    const world = await openSetup();
    const { headers } = await begin(world);
    expect(headers['content-security-policy']).toContain(`form-action 'self' https://${world.github.hostname};`);
  });

  it('gives each browser a state of its own, out of reach of scripts', async () => {
    const world = await openSetup();
    const [one, other] = [await begin(world), await begin(world)];
    expect(one.state).not.toBe(other.state);
    expect(String(one.headers['set-cookie'])).toMatch(
      /^polder-github-app=[\w-]{32}; Max-Age=3600; HttpOnly; SameSite=Lax; Secure$/,
    );
  });

  it('is closed when the server works as an app already', async () => {
    const world = await openSetup({ isDone: true });
    for (const url of ['/github-app/setup', '/github-app/exchange-code?code=x']) {
      expect(await get(world, url)).toMatchObject({ status: 400, body: 'Atlantis already has GitHub credentials\n' });
    }
  });

  it('asks for the web password where the other pages do', async () => {
    const app = await openTestApp({ settings: { webBasicAuth: true } });
    expect((await get(app, '/github-app/setup')).status).toBe(401);
    expect((await get(app, '/github-app/exchange-code?code=x')).status).toBe(401);
  });
});

describe('GET /github-app/exchange-code', () => {
  it('shows the id, the key and the secret with the flags to set', async () => {
    const world = await openSetup();
    world.github.state.manifestCodes.add('c0de');
    const { cookie, state } = await begin(world);
    const reply = await get(world, `/github-app/exchange-code?code=c0de&state=${state}`, { cookie });
    expect(reply).toMatchObject({ status: 200, headers: { 'cache-control': 'no-store' } });
    const text = unescapeHtml(reply.body);
    expect(text).toMatch(/<pre>-----BEGIN RSA PRIVATE KEY-----\n[\s\S]+-----END RSA PRIVATE KEY-----\n<\/pre>/);
    const flags = ['--gh-app-id 1', '--gh-app-slug octoapp', '--gh-app-key-file /path/to/that/file.pem'];
    const rest = ['--gh-webhook-secret hook-secret-of-c0de', `--gh-hostname ${world.github.hostname}`];
    expect(text).toContain(`<pre>${[...flags, ...rest, '--write-git-creds'].join('\n')}</pre>`);
    expect(text).toContain('href="https://github.com/apps/octoapp/installations/new"');
  });

  it('logs neither the code nor what came of it', async () => {
    const world = await openSetup();
    world.github.state.manifestCodes.add('c0de-of-the-app');
    const { cookie, state } = await begin(world);
    for (const _ of ['works', 'is used up']) {
      await get(world, `/github-app/exchange-code?code=c0de-of-the-app&state=${state}`, { cookie });
    }
    expect(world.logged()).toContain('a GitHub App was registered');
    expect(world.logged()).toContain('it does not know that code');
    expect(world.logged()).not.toMatch(/c0de-of-the-app|PRIVATE KEY/);
  });

  it('refuses a way back that this browser did not begin', async () => {
    const world = await openSetup();
    world.github.state.manifestCodes.add('c0de');
    const { cookie, state } = await begin(world);
    const { cookie: otherCookie } = await begin(world);
    const url = `/github-app/exchange-code?code=c0de&state=${state}`;
    const tries = [
      get(world, url),
      get(world, url, { cookie: otherCookie }),
      get(world, '/github-app/exchange-code?code=c0de', { cookie }),
      get(world, '/github-app/exchange-code?code=c0de&state=', { cookie: 'polder-github-app=' }),
      get(world, url, { cookie, 'sec-fetch-dest': 'iframe' }),
    ];
    for (const reply of await Promise.all(tries)) {
      expect(reply).toMatchObject({
        status: 403,
        body: expect.stringContaining('https://polder.test/github-app/setup'),
      });
    }
    expect(world.github.state.manifestCodes.has('c0de')).toBe(true);
  });

  it('stops when GitHub sent no code', async () => {
    const reply = await get(await openSetup(), '/github-app/exchange-code');
    expect(reply).toMatchObject({ status: 400, body: 'Ignoring callback, missing code query parameter\n' });
  });

  it.each(['unknown', '..', 'a/b', 'x'.repeat(300)])('says why %s is not exchanged', async (code) => {
    const world = await openSetup();
    const { cookie, state } = await begin(world);
    const query = new URLSearchParams({ code, state }).toString();
    const reply = await get(world, `/github-app/exchange-code?${query}`, { cookie });
    expect(reply.status).toBe(500);
    expect(reply.body).toMatch(/^Failed to exchange code for github app: asking GitHub for the app: /);
  });

  it('does not talk to a server that no trusted authority vouches for', async () => {
    const world = await openSetup({ authorities: async () => [] });
    world.github.state.manifestCodes.add('c0de');
    const { cookie, state } = await begin(world);
    const reply = await get(world, `/github-app/exchange-code?code=c0de&state=${state}`, { cookie });
    expect([reply.status, reply.body]).toEqual([500, expect.stringContaining('certificate')]);
    expect(world.github.state.manifestCodes.has('c0de')).toBe(true);
  });
});
