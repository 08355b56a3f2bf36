import { describe, expect, it } from 'vitest';
import { insertRepo } from '../../../test/support/applies.ts';
import { listenOn, makeToken, openTestApp } from '../../../test/support/http-app.ts';
import { runPolder } from '../../../test/support/run-polder.ts';

const now = Date.UTC(2026, 0, 2, 3, 4, 5);

async function world() {
  const { app, deps } = await openTestApp({ over: { now: () => now } });
  const { url } = await listenOn(app);
  await insertRepo(deps.db, 'acme/infra');
  const env = { POLDER_SERVER: url, POLDER_TOKEN: await makeToken(deps, { role: 'maintainer' }) };
  return { url, polder: (...words: readonly string[]) => polder(words, env) };
}

function polder(words: readonly string[], env: Readonly<Record<string, string>>) {
  return runPolder(['agent', ...words], { env, now: () => now });
}

describe('polder agent', () => {
  it('registers, lists, shows and deletes a cluster agent', async () => {
    const w = await world();
    expect((await w.polder('list', 'acme/infra')).output).toBe('acme/infra has no cluster agents.\n');
    const registered = await w.polder('register', 'acme/infra', 'prod-eu');
    expect(registered.output).toBe('Registered the cluster agent prod-eu (id 1) of acme/infra.\n');
    const listed = await w.polder('list', 'acme/infra');
    expect(listed.output).toBe('ID  NAME     REGISTERED\n1   prod-eu  2026-01-02 03:04\n');
    const shown = await w.polder('show', 'acme/infra', 'prod-eu');
    expect(shown.output).toMatch(
      /^Name {8}prod-eu\nId {10}1\nRepository {2}acme\/infra\nRegistered {2}2026-01-02 03:04\n/,
    );
    const deleted = await w.polder('delete', 'acme/infra', 'prod-eu');
    expect(deleted.output).toBe('Deleted the cluster agent prod-eu (id 1) of acme/infra.\n');
    const gone = await w.polder('delete', 'acme/infra', 'prod-eu');
    expect(gone).toEqual({ code: 1, output: '', errors: ['acme/infra has no cluster agent named "prod-eu"'] });
  });

  it('prints what the server shows as JSON', async () => {
    const w = await world();
    const agent = { id: 1, name: 'prod-eu', config_project: { path_with_namespace: 'acme/infra' } };
    expect(JSON.parse((await w.polder('register', 'acme/infra', 'prod-eu', '--json')).output)).toMatchObject(agent);
    expect(JSON.parse((await w.polder('list', 'acme/infra', '--json')).output)).toMatchObject([agent]);
    expect(JSON.parse((await w.polder('show', 'acme/infra', '1', '--json')).output)).toMatchObject(agent);
    const deleted = await w.polder('delete', 'acme/infra', '1', '--json');
    expect(JSON.parse(deleted.output)).toEqual({ id: 1, name: 'prod-eu' });
  });

  it('lists more than a page', async () => {
    const w = await world();
    for (let index = 0; index < 105; index += 1) await w.polder('register', 'acme/infra', `agent-${index}`);
    expect(JSON.parse((await w.polder('list', 'acme/infra', '--json')).output)).toHaveLength(105);
  });

  it('tells in words what the server refused', async () => {
    const w = await world();
    await w.polder('register', 'acme/infra', 'prod-eu');
    const again = await w.polder('register', 'acme/infra', 'prod-eu');
    const taken = `asking ${w.url}: 400 Bad request - Name has already been taken`;
    expect(again).toEqual({ code: 1, output: '', errors: [taken] });
    expect((await w.polder('show', 'acme/infra', '999')).errors).toEqual([`asking ${w.url}: 404 Not found`]);
  });

  it('asks for what is missing', async () => {
    const { code, errors } = await polder(['register', 'acme/infra'], { POLDER_TOKEN: 'x' });
    expect([code, errors]).toEqual([2, ['usage: polder agent register <repository> <name> [flags]']]);
  });
});
