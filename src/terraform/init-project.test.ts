import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testEngine } from '../../test/support/engine.ts';
import { createPostgresDatabase } from '../../test/support/postgres.ts';
import {
  applyArgs,
  captureEngine,
  initProject,
  localStatePath,
  planArgs,
  planOutput,
  planSummary,
  readBackend,
  readOutputFile,
  runEngine,
  showArgs,
} from './index.ts';

const configuration = `
resource "terraform_data" "r" {
  input = "in \${terraform.workspace}"
}
output "r" { value = terraform_data.r.output }
`;
const deps = { env: { PATH: process.env.PATH, HOME: process.env.HOME }, pluginCacheDir: null };

let root: string;
let project: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'polder-init-'));
  project = join(root, 'project');
  await mkdir(project);
  await writeFile(join(project, 'main.tf'), configuration);
});
afterEach(async () => rm(root, { recursive: true, force: true }));

/** The engine behind a script that notes each start. */
async function countedEngine() {
  const { binary, distribution, version } = testEngine();
  const script = join(root, 'engine');
  await writeFile(script, `#!/bin/sh\necho "$1 $TF_WORKSPACE" >> '${root}/starts'\nexec '${binary}' "$@"\n`);
  await chmod(script, 0o755);
  const starts = async () => (await readFile(join(root, 'starts'), 'utf8')).trim().split(/ ?\n/);
  return { engine: { binary: script, distribution, version }, starts };
}

function argsOf(step: ReturnType<typeof planArgs>): readonly string[] {
  if (step.kind === 'refused') throw new Error(step.message);
  return step.args;
}

async function steps(workspace: string, env: Record<string, string> = {}) {
  const { engine, starts } = await countedEngine();
  const common = { engine, cwd: project, workspace, env, killAfterMs: 5_000 };
  const planFile = join(project, `${workspace}.tfplan`);
  const output = (name: string) => ({ outputPath: join(root, name) });
  const read = (name: string) => readOutputFile(join(root, name), 1_000_000).text;
  return {
    starts,
    read,
    planFile,
    init: () => initProject(deps, { ...common, ...output('init'), upgrade: true }),
    plan: () => runEngine(deps, { ...common, ...output('plan'), args: argsOf(planArgs({ planFile })) }),
    apply: () =>
      runEngine(deps, {
        ...common,
        ...output('apply'),
        args: argsOf(applyArgs({ planFile, executableName: 'atlantis' })),
      }),
    show: () => captureEngine(deps, { ...common, args: showArgs(planFile), maxBytes: 1_000_000 }),
  };
}

describe('initProject', () => {
  it('lets a plan in a new workspace follow at once', async () => {
    const { init, plan, apply, starts, read } = await steps('staging');
    expect(await init()).toMatchObject({
      result: { kind: 'ended', code: 0 },
      args: ['init', '-input=false', '-upgrade'],
    });
    expect(await plan()).toMatchObject({ kind: 'ended', code: 2 });
    expect(await starts()).toEqual(['init staging', 'plan staging']);
    expect(read('plan')).toContain('in staging');
    expect(await apply()).toMatchObject({ kind: 'ended', code: 0 });
    const path = localStatePath(project, 'staging', readBackend(project));
    expect(JSON.parse(await readFile(path ?? '', 'utf8'))).toMatchObject({ resources: [{ name: 'r' }] });
  });

  it('works in the workspace `default` without choosing one', async () => {
    const { init, plan, apply, starts } = await steps('default');
    await init();
    expect(await plan()).toMatchObject({ code: 2 });
    await apply();
    expect(await plan()).toMatchObject({ code: 0 });
    expect(await starts()).toEqual(['init', 'plan', 'apply', 'plan']);
    expect(readBackend(project)).toEqual({ kind: 'none' });
    expect((await stat(localStatePath(project, 'default', { kind: 'none' }) ?? '')).isFile()).toBe(true);
  });

  it('works with a configured local backend', async () => {
    await writeFile(
      join(project, 'backend.tf'),
      'terraform {\n  backend "local" {\n    workspace_dir = "kept"\n  }\n}\n',
    );
    const { init, plan, apply, starts } = await steps('staging');
    await init();
    expect(await plan()).toMatchObject({ code: 2 });
    await apply();
    const backend = readBackend(project);
    expect(backend).toEqual({ kind: 'local', path: null, workspaceDir: 'kept' });
    expect((await stat(localStatePath(project, 'staging', backend) ?? '')).isFile()).toBe(true);
    expect(await starts()).toEqual(['init staging', 'plan staging', 'apply staging']);
  });

  it('starts a workspace beside others that exist', async () => {
    await writeFile(join(project, 'backend.tf'), 'terraform {\n  backend "local" {}\n}\n');
    await mkdir(join(project, 'terraform.tfstate.d', 'one'), { recursive: true });
    const { init, plan, starts, read } = await steps('two');
    expect(await init()).toMatchObject({ result: { kind: 'ended', code: 0 } });
    expect(read('init')).not.toContain('does not exist');
    expect(await plan()).toMatchObject({ code: 2 });
    expect(await starts()).toEqual(['init two', 'init', 'plan two']);
    expect(await readdir(join(project, 'terraform.tfstate.d'))).toEqual(['one', 'two']);
  });

  it('makes workspaces of a backend elsewhere', async () => {
    await writeFile(join(project, 'backend.tf'), 'terraform {\n  backend "pg" {}\n}\n');
    const database = await createPostgresDatabase('empty');
    const { pathname, username, searchParams } = new URL(database.url);
    const server = { host: searchParams.get('host'), user: username, dbname: pathname.slice(1), sslmode: 'disable' };
    const settings = Object.entries(server).map(([name, value]) => `${name}=${value}`);
    const env = { PG_CONN_STR: settings.join(' ') };
    try {
      for (const [workspace, inits, code] of [
        ['one', 1, 2],
        ['two', 2, 2],
        ['two', 1, 0],
      ] as const) {
        await rm(join(project, '.terraform'), { recursive: true, force: true });
        const { init, plan, apply, starts } = await steps(workspace, env);
        expect(await init()).toMatchObject({ result: { kind: 'ended', code: 0 } });
        expect(await plan()).toMatchObject({ kind: 'ended', code });
        await apply();
        expect(readBackend(project)).toEqual({ kind: 'other', type: 'pg' });
        expect((await starts()).filter((start) => start.startsWith('init'))).toHaveLength(inits);
        await rm(join(root, 'starts'));
      }
    } finally {
      await database.drop();
    }
  });

  it('leaves the workspace selected for commands of a workflow', async () => {
    await (await steps('staging')).init();
    expect(await readFile(join(project, '.terraform', 'environment'), 'utf8')).toBe('staging');
    await (await steps('default')).init();
    expect(await readdir(join(project, '.terraform'))).not.toContain('environment');
  });

  it('does not follow a selection that the repository brings', async () => {
    await mkdir(join(project, '.terraform'));
    await writeFile(join(project, '.terraform', 'environment'), 'theirs');
    const { init, plan, read } = await steps('default');
    await init();
    await plan();
    expect(read('plan')).toContain('in default');
  });

  it('does not write through a link that the repository brings', async () => {
    await mkdir(join(root, 'outside'));
    await symlink(join(root, 'outside'), join(project, '.terraform'));
    expect(await (await steps('staging')).init()).toMatchObject({ result: { code: 0 } });
    expect(await readdir(join(root, 'outside'))).toEqual([]);
  });

  it('gives what the engine says about a broken configuration', async () => {
    await writeFile(join(project, 'main.tf'), 'resource {');
    const { init, read, starts } = await steps('staging');
    expect(await init()).toMatchObject({ result: { kind: 'ended', code: 1 } });
    expect(read('init')).toContain('Error: ');
    expect(await starts()).toHaveLength(1);
  });
});

describe('a plan', () => {
  it('reads as Atlantis shows it', async () => {
    const { init, plan, read, show } = await steps('default');
    await init();
    await plan();
    const text = planOutput(read('plan')).replaceAll('OpenTofu', 'Terraform');
    expect(text).toBe(expectedPlan);
    expect(planSummary(text)).toMatchObject({ add: 1, change: 0, destroy: 0 });
    const shown = await show();
    expect(shown).toMatchObject({ kind: 'ended', code: 0, truncated: false });
    expect(JSON.parse(shown.stdout)).toMatchObject({ resource_changes: [{ address: 'terraform_data.r' }] });
  });
});

const expectedPlan = `
Terraform used the selected providers to generate the following execution
plan. Resource actions are indicated with the following symbols:
+ create

Terraform will perform the following actions:

  # terraform_data.r will be created
+ resource "terraform_data" "r" {
      + id     = (known after apply)
      + input  = "in default"
      + output = (known after apply)
    }

Plan: 1 to add, 0 to change, 0 to destroy.

Changes to Outputs:
+ r = (known after apply)
`;
