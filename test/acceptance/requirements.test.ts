import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { readOptions } from '../../src/config/index.ts';
import { silentLog } from '../../src/lib/log.ts';
import type { Requirement } from '../../src/runs/index.ts';
import { startServer } from '../../src/server.ts';
import { type ApiClient, apiClient, apiSecret } from '../support/api-client.ts';
import { onCleanup } from '../support/cleanup.ts';
import { testEngine } from '../support/engine.ts';
import { type DiaryEngine, diaryOfEngine } from '../support/fake-engine.ts';
import { portFinder } from '../support/free-port.ts';
import { makeRepo } from '../support/git.ts';
import { temporaryDir } from '../support/temp.ts';

// Servers take their time to start on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

const root = { Paths: [{ Directory: '.' }] };
const freePort = portFinder();

/** A whole server in this process, with the real engine and these requirements. */
async function serve(requirements: readonly Requirement[]): Promise<{ api: ApiClient; engine: DiaryEngine }> {
  const [dataDir, reposDir] = [await temporaryDir(), await temporaryDir()];
  const repo = join(reposDir, 'acme', 'infra');
  await mkdir(repo, { recursive: true });
  await makeRepo(repo, { 'main.tf': 'resource "terraform_data" "it" {\n  input = "one"\n}\n' });
  const engine = await diaryOfEngine();
  const flags = {
    port: await freePort(),
    'data-dir': dataDir,
    'local-repos-dir': reposDir,
    'repo-allowlist': '*',
    'api-secret': apiSecret,
    'terraform-binary': engine.binary,
    'default-tf-distribution': testEngine().distribution,
  };
  const argv = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
  const read = readOptions({ argv, env: {}, readFile: () => '' });
  if (read.kind !== 'ok') throw new Error(JSON.stringify(read));
  const server = await startServer({ options: read.options, log: silentLog(), env: process.env, requirements });
  onCleanup(() => server.drain());
  return { api: apiClient(server.url), engine };
}

const commandsOf = async (engine: DiaryEngine) => (await engine.starts()).map((one) => one.command);

type Change = { address: string; change: { actions: string[] } };

describe('a requirement of the server', () => {
  it('refuses an apply for what its plan would do, and nothing is applied', async () => {
    const noCreation: Requirement = async ({ planJson }) => {
      if (!planJson) return undefined;
      const { resource_changes: changes } = JSON.parse(await planJson()) as { resource_changes: Change[] };
      const made = changes.filter((one) => one.change.actions.includes('create')).map((one) => one.address);
      return made.length > 0 ? { kind: 'requirement', message: `nobody may make ${made.join(', ')}` } : undefined;
    };
    const { api, engine } = await serve([noCreation]);
    const { status, body } = await api.command('apply', root);
    expect([status, body.ProjectResults[0]?.Failure]).toEqual([500, 'nobody may make terraform_data.it']);
    expect(await commandsOf(engine)).toEqual(['init', 'plan', 'show']);
    expect(await api.run(1)).toMatchObject({ state: 'failed', jobs: [{ state: 'refused' }] });
    expect((await api.log(1)).trimEnd().split('\n').at(-1)).toBe('polder: nobody may make terraform_data.it');
    expect(await api.locks()).toEqual([]);
    expect((await api.command('plan', root)).body.ProjectResults[0]?.PlanSuccess?.TerraformOutput).toContain(
      '1 to add',
    );
  });

  it('costs no process where it does not look at the plan', async () => {
    const asked: string[] = [];
    const { api, engine } = await serve([
      async ({ planJson }) => {
        asked.push(planJson ? 'with the plan' : 'before it');
        return undefined;
      },
    ]);
    expect((await api.command('apply', root)).status).toBe(200);
    expect(asked).toEqual(['before it', 'with the plan']);
    expect(await commandsOf(engine)).toEqual(['init', 'plan', 'apply']);
  });
});
