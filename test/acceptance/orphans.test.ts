import { existsSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { processesIn } from '../../src/exec/index.ts';
import { acceptanceDatabases, openAcceptanceWorld, type RunningWorld } from '../support/acceptance-world.ts';
import { testEngine } from '../support/engine.ts';
import { type DiaryEngine, diaryOfEngine, fakeEngine, overlaps } from '../support/fake-engine.ts';
import { temporaryDir } from '../support/temp.ts';
import { waitFor } from '../support/wait-for.ts';

// Servers take their time to start on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

const root = { Paths: [{ Directory: '.' }] };

async function isNoted(engine: DiaryEngine, word: string): Promise<void> {
  await waitFor(`the engine to note ${word}`, () => engine.hasNoted(word));
}

/** The files of a project whose apply, by the real engine, prints, waits for a file, and prints again. */
function slowProject(dir: string): Record<string, string> {
  const wait = `echo before; touch ${dir}/begun; while [ ! -e ${dir}/go ]; do sleep 0.05; done; echo after`;
  return {
    'main.tf': `resource "terraform_data" "slow" {\n  provisioner "local-exec" {\n    command = "${wait}"\n  }\n}\n`,
  };
}

async function isWaitedFor({ api }: RunningWorld, jobId: number): Promise<void> {
  await waitFor('the server to wait for the orphan', async () => (await api.log(jobId)).includes('is waited for'));
}

describe.each(acceptanceDatabases)('an apply that outlives its server (%s)', (database) => {
  it('is waited for; its output and state are kept; nothing joins it', async () => {
    const dir = await temporaryDir();
    const engine = await diaryOfEngine();
    const { distribution } = testEngine();
    const flags = { 'default-tf-distribution': distribution };
    const world = await openAcceptanceWorld({ files: slowProject(dir), engine: engine.binary, flags, database });
    const first = await world.start();
    const { run } = (await first.api.start('apply', root)).body;
    await waitFor('the apply to be under way', () => existsSync(join(dir, 'begun')));
    await first.server.stop('SIGKILL');

    const second = await world.start();
    const jobId = run.jobs[0]?.id ?? 0;
    await isWaitedFor(second, jobId);
    expect(await second.api.run(run.id)).toMatchObject({ state: 'running', jobs: [{ state: 'applying' }] });
    const rival = await second.api.command('apply', root);
    expect(rival.status).toBe(500);
    expect(rival.body.ProjectResults[0]?.Failure).toContain(`is currently locked by run ${run.id} of atlantis-api`);
    const [lock] = await second.api.locks();
    expect(lock).toMatchObject({ PullID: `-${run.id}` });
    expect((await second.api.deleteLock(lock?.Name ?? '')).status).toBe(409);

    await writeFile(join(dir, 'go'), '');
    const ended = await second.api.ended(run.id);
    expect(ended).toMatchObject({ state: 'interrupted', jobs: [{ state: 'interrupted', attempt: 1 }] });
    expect(ended.jobs[0]?.outcome?.message).toContain(
      'went on without it and has ended. The last it said: Apply complete!',
    );
    const log = await second.api.log(jobId);
    const printed = (line: string) =>
      log.split('\n').filter((one) => one === `terraform_data.slow (local-exec): ${line}`);
    expect([printed('before'), printed('after')].map((lines) => lines.length)).toEqual([1, 1]);
    expect(log).toMatch(/Apply complete! Resources: 1 added[\s\S]*It is not repeated\..*\n$/);

    expect((await second.api.deleteLock(lock?.Name ?? '')).status).toBe(200);
    const plan = await second.api.command('plan', root);
    expect(plan.body.ProjectResults[0]?.PlanSuccess?.TerraformOutput).toContain('No changes.');
    expect(overlaps(await engine.starts())).toEqual([]);
    expect((await engine.starts()).filter((one) => one.command === 'apply')).toHaveLength(1);
    expect(await readdir(join(world.dataDir, 'polder', 'checkouts'))).toEqual([]);
  });

  it('may end while there is no server: its output and state are found', async () => {
    const dir = await temporaryDir();
    const script = `[ $command = apply ] && { note busy; while [ ! -e ${dir}/go ]; do sleep 0.02; done; }\n`;
    const engine = await fakeEngine();
    const files = { 'main.tf': '', mark: 'one', 'fake.sh': script };
    const world = await openAcceptanceWorld({ files, engine: engine.binary, database });
    const first = await world.start();
    const { run } = (await first.api.start('apply', root)).body;
    await isNoted(engine, 'busy');
    await first.server.stop('SIGKILL');
    await writeFile(join(dir, 'go'), '');
    await waitFor('the apply to end', async () => (await processesIn(world.dataDir)).length === 0);

    const second = await world.start();
    const ended = await second.api.ended(run.id);
    expect(ended.jobs[0]?.outcome?.message).toMatch(/the apply ended with it\. The last it said: Apply complete!/);
    const [lock] = await second.api.locks();
    await second.api.deleteLock(lock?.Name ?? '');
    const plan = await second.api.command('plan', root);
    expect(plan.body.ProjectResults[0]?.PlanSuccess?.TerraformOutput).toContain('No changes.');
    expect(await engine.marks()).toEqual(['one@default']);
  });

  it('ends with its run when that is cancelled', async () => {
    const script = `[ $command = apply ] && { note busy; while :; do sleep 0.02; done; }\n`;
    const engine = await fakeEngine();
    const world = await openAcceptanceWorld({
      files: { 'main.tf': '', 'fake.sh': script },
      engine: engine.binary,
      database,
    });
    const first = await world.start();
    const { run } = (await first.api.start('apply', root)).body;
    await isNoted(engine, 'busy');
    await first.server.stop('SIGKILL');
    const second = await world.start();
    await isWaitedFor(second, run.jobs[0]?.id ?? 0);
    expect((await second.api.cancel(run.id)).status).toBe(202);
    const ended = await second.api.ended(run.id);
    expect(ended.jobs[0]?.outcome?.message).toContain('It was asked to stop, because the run was cancelled.');
    expect(await processesIn(world.dataDir)).toEqual([]);
  });
});

describe.each(acceptanceDatabases)('a plan that outlives its server (%s)', (database) => {
  it('is stopped before it runs again', async () => {
    const dir = await temporaryDir();
    const hang = `[ $command = plan ] && mkdir ${dir}/first 2>/dev/null && { note busy; while :; do sleep 0.02; done; }\n`;
    const engine = await fakeEngine();
    const world = await openAcceptanceWorld({
      files: { 'main.tf': '', 'fake.sh': hang },
      engine: engine.binary,
      database,
    });
    const first = await world.start();
    const { run } = (await first.api.start('plan', root)).body;
    await isNoted(engine, 'busy');
    await first.server.stop('SIGKILL');
    expect(await processesIn(world.dataDir)).not.toEqual([]);

    const second = await world.start();
    expect(await second.api.ended(run.id)).toMatchObject({
      state: 'succeeded',
      jobs: [{ attempt: 2, outcome: { kind: 'planned' } }],
    });
    const starts = await engine.starts();
    expect(overlaps(starts)).toEqual([]);
    expect(starts.filter((one) => one.command === 'plan').every((one) => one.end !== undefined)).toBe(true);
    expect(await second.api.locks()).toEqual([]);
  });
});
