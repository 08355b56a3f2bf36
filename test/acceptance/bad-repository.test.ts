import { readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { type AcceptanceWorld, openAcceptanceWorld, type RunningWorld } from '../support/acceptance-world.ts';
import { testEngine } from '../support/engine.ts';
import { fakeEngine } from '../support/fake-engine.ts';
import { onPath } from '../support/find-programs.ts';
import { addBranches } from '../support/git.ts';
import type { TestServer } from '../support/server.ts';
import { temporaryDir } from '../support/temp.ts';
import { waitFor } from '../support/wait-for.ts';

// Servers take their time to start on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

const root = { Paths: [{ Directory: '.' }] };
const mebi = 1024 * 1024;

/** The most memory that the server had at any time, in bytes. */
async function peakMemory(server: TestServer): Promise<number> {
  const status = await readFile(`/proc/${server.pid}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}

/** Nothing is locked or open, and the server is as good as new. */
async function expectNothingLeft({ api, server }: RunningWorld): Promise<void> {
  expect(await api.locks()).toEqual([]);
  expect((await api.runs()).filter((run) => run.ended_at === null)).toEqual([]);
  expect(await peakMemory(server)).toBeLessThan(300 * mebi);
  expect(await server.stop()).toEqual({ code: 0, signal: null });
}

async function fakeWorld(files: Record<string, string | Uint8Array>, flags = {}): Promise<AcceptanceWorld> {
  return openAcceptanceWorld({ files, engine: (await fakeEngine()).binary, flags });
}

describe('a repository that lies', () => {
  it.each([
    ['by its configuration', { Projects: ['out'] }],
    ['by the request', { Paths: [{ Directory: 'link/below' }] }],
  ])('about where a folder is, named %s, gets nothing outside of it planned', async (_, order) => {
    const outside = await temporaryDir();
    const world = await fakeWorld({
      'main.tf': '',
      'atlantis.yaml': 'version: 3\nprojects:\n- {name: out, dir: link/below}\n',
    });
    await symlink(outside, join(world.repo, 'link'));
    await world.commit({});
    const running = await world.start();
    const { status, body } = await running.api.command('plan', order);
    expect([status, body.error]).toEqual([400, 'dir "link/below" leads out of the repository through a symbolic link']);
    expect(await running.api.runs()).toEqual([]);
    await expectNothingLeft(running);
  });

  it('with a configuration of 100 MB is told what is too much', async () => {
    const world = await fakeWorld({ 'main.tf': '', 'atlantis.yaml': Buffer.alloc(100 * mebi, '# nothing\n') });
    const running = await world.start();
    const { status, body } = await running.api.command('plan', root);
    expect([status, body.error]).toEqual([
      400,
      'failed to build command: reading atlantis.yaml: the file has 104857600 bytes, more than the 10485760 that are read',
    ]);
    await expectNothingLeft(running);
  });

  it('with 100,000 files is planned like any other', async () => {
    const world = await fakeWorld({ 'main.tf': '', mark: 'one' });
    const paths = Array.from({ length: 100_000 }, (_, index) => [`d${index % 100}/f${index}.tf.txt`, ''] as const);
    await addBranches(world.repo, [{ branch: 'many', files: Object.fromEntries(paths) }]);
    const running = await world.start();
    const { status, body } = await running.api.command('plan', { ...root, Ref: 'many' });
    expect([status, body.ProjectResults?.[0]?.Error]).toEqual([200, null]);
    await expectNothingLeft(running);
  });

  it('with a configuration that cannot be understood is told file and line', async () => {
    const { binary, distribution } = testEngine();
    const world = await openAcceptanceWorld({
      files: { 'main.tf': 'resource "terraform_data" "broken" {\n' },
      engine: binary,
      flags: { 'default-tf-distribution': distribution },
    });
    const running = await world.start();
    const { status, body } = await running.api.command('plan', root);
    expect(status).toBe(500);
    expect(body.ProjectResults[0]?.Error).toMatchObject({ Code: 'engine_failed' });
    expect(body.ProjectResults[0]?.Error?.Message).toMatch(
      /exit status 1[\s\S]*Unclosed configuration block[\s\S]*main\.tf line 1/,
    );
    await expectNothingLeft(running);
  });
});

describe('an engine', () => {
  it('that cannot be found is named, with where it was looked for', async () => {
    const world = await fakeWorld({ 'main.tf': '' }, { 'terraform-binary': '', 'tf-download': false });
    const running = await world.start({ env: { PATH: await pathWithoutEngines() } });
    const { status, body } = await running.api.command('plan', root);
    expect(status).toBe(500);
    expect(body.ProjectResults[0]?.Error).toEqual({
      Code: 'engine_not_found',
      Message: 'no terraform was found on this machine: no terraform is on PATH, and downloads are switched off',
    });
    await expectNothingLeft(running);
  });

  it('that hangs is ended by the time limit', async () => {
    const world = await fakeWorld(
      { 'main.tf': '', 'fake.sh': '[ $command = plan ] && while :; do sleep 0.02; done\n' },
      { 'terraform-timeout': '1s' },
    );
    const running = await world.start();
    const { status, body } = await running.api.command('plan', root);
    expect(status).toBe(500);
    expect(body.ProjectResults[0]?.Error).toMatchObject({
      Code: 'engine_timeout',
      Message: expect.stringContaining('stopped after 1 s, its time limit') as string,
    });
    await expectNothingLeft(running);
  });

  it('that prints without end is cut short in its log, and its run ends', { timeout: 300_000 }, async () => {
    const bytes = 1024 * mebi;
    const logMaxBytes = 4 * mebi;
    const world = await fakeWorld(
      {
        'main.tf': '',
        'fake.sh': `[ $command = plan ] && { yes 'one of very many lines' | head -c ${bytes}; }\n`,
      },
      { 'log-max-bytes': logMaxBytes },
    );
    const running = await world.start();
    const { status, body } = await running.api.command('plan', root);
    expect(status).toBe(200);
    expect(body.ProjectResults[0]?.PlanSuccess?.TerraformOutput).toMatch(/left out[\s\S]*Plan: 1 to add/);
    const log = await running.api.log(1);
    expect(log.length).toBeGreaterThan(mebi);
    expect(log.length).toBeLessThan(2 * logMaxBytes);
    expect(log).toMatch(/were cut here|left out/);
    expect(log).toContain('Plan: 1 to add');
    await expectNothingLeft(running);
  });
});

describe('two requests for one project', () => {
  it('do not meet: the second is refused with the run that has the lock', async () => {
    const dir = await temporaryDir();
    const engine = await fakeEngine();
    const script = `[ $command = plan ] && { note busy; while [ ! -e ${dir}/go ]; do sleep 0.02; done; }\n`;
    const world = await openAcceptanceWorld({ files: { 'main.tf': '', 'fake.sh': script }, engine: engine.binary });
    const running = await world.start();
    const waiting = running.api.command('plan', root);
    await waitFor('the first to plan', () => engine.hasNoted('busy'));
    const second = await running.api.command('plan', root);
    expect([second.status, second.body.ProjectResults[0]?.Failure]).toEqual([
      500,
      expect.stringContaining('This project is currently locked by run 1 of atlantis-api.'),
    ]);
    await writeFile(join(dir, 'go'), '');
    expect((await waiting).status).toBe(200);
    await expectNothingLeft(running);
  });
});

/** A folder with the programs that a server needs, and no others. */
async function pathWithoutEngines(): Promise<string> {
  const dir = await temporaryDir();
  for (const name of ['git', 'sh']) await symlink(onPath(name) ?? '', join(dir, name));
  return dir;
}
