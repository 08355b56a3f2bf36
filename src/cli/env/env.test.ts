import { describe, expect, it } from 'vitest';
import { insertRepo, succeedApply } from '../../../test/support/applies.ts';
import { insertEnvironment } from '../../../test/support/environments.ts';
import { listenOn, makeToken, openTestApp } from '../../../test/support/http-app.ts';
import { runPolder } from '../../../test/support/run-polder.ts';

const now = Date.UTC(2026, 0, 2, 3, 4, 5);

async function world() {
  const { app, deps } = await openTestApp({ over: { now: () => now } });
  const { url } = await listenOn(app);
  const repo = await insertRepo(deps.db, 'acme/infra');
  const project = { name: 'production', dir: '.', workspace: 'default' };
  await succeedApply(deps.db, { repo, project }, now);
  await insertEnvironment(deps.db, repo, { name: 'review/a', auto_stop_at: now + 86_400_000 });
  const token = await makeToken(deps, { role: 'maintainer' });
  const env = { POLDER_SERVER: url, POLDER_TOKEN: token };
  return {
    db: deps.db,
    repo,
    url,
    env,
    polder: (words: readonly string[], variables: Record<string, string> = env) => polder(words, variables),
  };
}

describe('polder env', () => {
  it('lists environments for people and for programs', async () => {
    const w = await world();
    const listed = await w.polder(['env', 'list', 'acme/infra']);
    expect(listed.output.split('\n')).toEqual([
      'ID  NAME        STATE      TIER        DEPLOYED          STOPS             URL',
      '1   production  available  production  2026-01-02 03:04  never',
      '2   review/a    available  other       never             2026-01-03 03:04',
      '',
    ]);
    const found = await w.polder(['env', 'list', 'acme/infra', '--search=duct', '--state=available', '--json']);
    expect(JSON.parse(found.output)).toMatchObject([{ id: 1, last_deployment: { status: 'success' } }]);
    const none = await w.polder(['env', 'list', 'acme/infra', '--state=stopped']);
    expect(none.output).toBe('acme/infra has no such environments.\n');
  });

  it('lists more than a page', async () => {
    const w = await world();
    for (let index = 0; index < 120; index += 1) await insertEnvironment(w.db, w.repo, { name: `many-${index}` });
    const { output } = await w.polder(['env', 'list', 'acme/infra', '--search=many', '--json']);
    expect(JSON.parse(output)).toHaveLength(120);
  });

  it('makes, shows, stops and deletes one', async () => {
    const w = await world();
    const create = ['env', 'create', 'acme/infra', 'preview/1', '--url=https://a.example', '--auto-stop-in=2 days'];
    expect((await w.polder(create)).output).toMatch(
      /^Made the environment preview\/1 \(id 3\) of acme\/infra: development, slug preview-1-\w{6}\.\n$/,
    );
    const shown = await w.polder(['env', 'show', 'acme/infra', 'preview/1']);
    expect(shown.output).toMatch(/^Name {9}preview\/1\nId {11}3\nState {8}available\n/);
    expect(shown.output).toMatch(/\nStops {8}2026-01-04 03:04\n/);
    expect(shown.output).toMatch(/\nWHEN {14}WHAT {5}WHO {2,}WHY\n2026-01-02 03:04 {2}created {2}token-\S+\n$/);
    expect((await w.polder(['env', 'delete', 'acme/infra', '3'])).errors).toEqual([
      `asking ${w.url}: 403 Forbidden: environment must be stopped before it can be deleted`,
    ]);
    expect((await w.polder(['env', 'stop', 'acme/infra', '3'])).output).toBe('preview/1 (id 3) is stopped.\n');
    expect((await w.polder(['env', 'delete', 'acme/infra', 'preview/1'])).output).toBe(
      'Deleted the environment preview/1 (id 3) of acme/infra.\n',
    );
    const gone = await w.polder(['env', 'show', 'acme/infra', 'preview/1']);
    expect(gone).toMatchObject({ code: 1, errors: ['acme/infra has no environment named "preview/1"'] });
  });

  it('prints what the server shows as JSON', async () => {
    const w = await world();
    const made = await w.polder(['env', 'create', 'acme/infra', 'x', '--tier=staging', '--json']);
    expect(JSON.parse(made.output)).toMatchObject({ id: 3, tier: 'staging', external_url: null, auto_stop_at: null });
    const stopped = await w.polder(['env', 'stop', 'acme/infra', 'x', '--force', '--json']);
    expect(JSON.parse(stopped.output)).toMatchObject({ state: 'stopped' });
    const shown = await w.polder(['env', 'show', 'acme/infra', 'x', '--json']);
    expect(JSON.parse(shown.output)).toMatchObject({ name: 'x', last_deployment: null });
    const deleted = await w.polder(['env', 'delete', 'acme/infra', 'production', '--force', '--json']);
    expect(JSON.parse(deleted.output)).toEqual({ id: 1, name: 'production' });
  });

  it('has stale ones stopped', async () => {
    const w = await world();
    const { output } = await w.polder(['env', 'stop-stale', 'acme/infra', '--older-than=30d']);
    expect(output).toBe('1 environments that were not touched since 2025-12-03T03:04:05.000Z are stopped now.\n');
    const json = await w.polder(['env', 'stop-stale', 'acme/infra', '--older-than=30d', '--json']);
    expect(JSON.parse(json.output)).toEqual({ before: '2025-12-03T03:04:05.000Z', requested: 1, skipped: 0 });
  });

  it('tells in words what the server refused', async () => {
    const w = await world();
    const asking = `asking ${w.url}: `;
    expect((await w.polder(['env', 'list', 'acme/nope'])).errors).toEqual([`${asking}404 Project Not Found`]);
    expect((await w.polder(['env', 'create', 'acme/infra', 'production'])).errors).toEqual([
      `${asking}name has already been taken; slug has already been taken`,
    ]);
    const stranger = await w.polder(['env', 'list', 'acme/infra'], { ...w.env, POLDER_TOKEN: 'wrong' });
    expect(stranger).toMatchObject({ code: 1, errors: [`${asking}401 Unauthorized`] });
    const nobody = await w.polder(['env', 'list', 'acme/infra'], { ...w.env, POLDER_SERVER: 'http://127.0.0.1:1' });
    expect(nobody.code).toBe(1);
    expect(nobody.errors.join()).toMatch(/^asking http:\/\/127\.0\.0\.1:1: /);
  });

  it.each([
    [['list'], ['usage: polder env list <repository> [flags]']],
    [['list', 'a/b', '--server=x'], ['--server: must begin with http:// or https:// and name a host']],
    [['stop', 'a/b'], ['usage: polder env stop <repository> <id or name> [flags]']],
    [['stop-stale', 'a/b'], ['--older-than must be set']],
    [
      ['create', 'a/b', 'x', '--tier=gold'],
      ['invalid --tier: must be one of [production staging testing development other]'],
    ],
  ])('refuses %j', async (words, errors) => {
    const result = await polder(['env', ...words], { POLDER_TOKEN: 'x' });
    expect(result).toEqual({ code: 2, output: '', errors });
  });

  it('asks for a token', async () => {
    expect(await polder(['env', 'list', 'a/b'], {})).toMatchObject({ code: 2, errors: ['--token must be set'] });
  });
});

function polder(words: readonly string[], env: Readonly<Record<string, string>>) {
  return runPolder(words, { env, now: () => now });
}
