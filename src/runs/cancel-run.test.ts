import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type DiaryEngine, fakeEngine } from '../../test/support/fake-engine.ts';
import { inDir, named, openRunWorld, type RunWorld, type RunWorldOptions } from '../../test/support/run-world.ts';
import { waitFor } from '../../test/support/wait-for.ts';
import { listLocks } from '../locks/index.ts';
import { currentState } from '../states/index.ts';
import { cancelRun } from './cancel-run.ts';
import { jobsDir } from './job-files.ts';
import { createPool } from './pool.ts';
import type { Requirement } from './types.ts';

/** A shell fragment that keeps the engine at a command for good, and tells when it is there. */
const busy = (command: string, how = '') =>
  `[ $command = ${command} ] && { ${how} note busy; while :; do sleep 0.02; done; }\n`;

async function isBusy(engine: DiaryEngine): Promise<void> {
  await waitFor('the engine to be busy', () => engine.hasNoted('busy'));
}

/** A world with one project whose engine is busy for good at some command. */
async function busyWorld(script: string, over: Partial<RunWorldOptions> = {}) {
  const engine = await fakeEngine();
  const files = { 'main.tf': '', mark: 'one', 'fake.sh': script };
  const world = await openRunWorld({ files, engine: engine.binary, ...over });
  await world.work();
  return { engine, world };
}

async function expectNothingLeft({ deps }: RunWorld): Promise<void> {
  expect(await listLocks(deps.db)).toEqual([]);
  expect(await readdir(jobsDir(deps.dataDir))).toEqual([]);
  expect(await readdir(join(deps.dataDir, 'checkouts'))).toEqual([]);
  expect(await deps.db.query.selectFrom('plan_files').selectAll().execute()).toEqual([]);
}

/** Writes something where `-out` says. */
const writePlan = 'for arg; do [ "$last" = -out ] && echo x > "$arg"; last=$arg; done;';

describe('cancelRun', () => {
  it('ends a run that waits without beginning anything', async () => {
    const engine = await fakeEngine();
    const world = await openRunWorld({ files: { 'main.tf': '' }, engine: engine.binary });
    const runId = await world.accept('apply');
    expect(await cancelRun(world.deps, runId, world.actor)).toBe('cancelling');
    await world.work();
    expect(await world.ended(runId)).toMatchObject({
      state: 'cancelled',
      jobs: [{ state: 'cancelled', attempt: 0, outcome: { kind: 'cancelled', by: 'atlantis-api' } }],
    });
    expect(await engine.starts()).toEqual([]);
  });

  it('interrupts a plan', async () => {
    const { engine, world } = await busyWorld(busy('plan'));
    const runId = await world.accept('plan');
    await isBusy(engine);
    await cancelRun(world.deps, runId, world.actor);
    const { jobs } = await world.ended(runId);
    expect(jobs).toMatchObject([{ state: 'cancelled', outcome: { kind: 'cancelled', by: 'atlantis-api' } }]);
    expect((await world.logOf({ id: 1 })).at(-1)).toBe('polder: cancelled by atlantis-api');
    expect((await engine.starts()).every((one) => one.end !== undefined)).toBe(true);
    await expectNothingLeft(world);
  });

  it('kills a plan that ignores to be interrupted', async () => {
    const settings = { killAfterMs: 200 };
    const { engine, world } = await busyWorld(busy('plan', "trap '' INT;"), { settings });
    const runId = await world.accept('plan');
    await isBusy(engine);
    await cancelRun(world.deps, runId, world.actor);
    expect((await world.ended(runId)).state).toBe('cancelled');
    expect((await engine.starts()).at(-1)).toMatchObject({ command: 'plan', end: undefined });
    await expectNothingLeft(world);
  });

  it('interrupts an apply, which still saves its state', async () => {
    const save = `echo '{"version":4,"serial":7,"lineage":"l"}' > terraform.tfstate; exit 1`;
    const { engine, world } = await busyWorld(busy('apply', `trap "${save.replaceAll('"', '\\"')}" INT;`));
    const runId = await world.accept('apply');
    await isBusy(engine);
    await cancelRun(world.deps, runId, world.actor);
    expect(await world.ended(runId)).toMatchObject({ state: 'cancelled', jobs: [{ state: 'cancelled' }] });
    const state = await currentState(world.deps.db, { repoId: world.repo.id, dir: '.', workspace: 'default' });
    expect(JSON.parse(Buffer.from(state?.content ?? []).toString())).toMatchObject({ serial: 7 });
    await expectNothingLeft(world);
  });

  it('begins no step after the one that it interrupted', async () => {
    const { engine, world } = await busyWorld(busy('init', 'trap "exit 0" INT;'));
    const runId = await world.accept('apply');
    await isBusy(engine);
    await cancelRun(world.deps, runId, world.actor);
    expect((await world.ended(runId)).state).toBe('cancelled');
    expect((await engine.starts()).map((one) => one.command)).toEqual(['init']);
  });

  it('does not apply a plan that was done before the wish reached it', async () => {
    const { engine, world } = await busyWorld(busy('plan', `trap "exit 2" INT; ${writePlan}`));
    const runId = await world.accept('apply');
    await isBusy(engine);
    await cancelRun(world.deps, runId, world.actor);
    expect((await world.ended(runId)).state).toBe('cancelled');
    expect((await engine.starts()).map((one) => one.command)).toEqual(['init', 'plan']);
    await expectNothingLeft(world);
  });

  it('cancels the jobs that wait, and leaves the outcomes of those that have ended', async () => {
    const engine = await fakeEngine();
    const group = (name: string, order: number) => `- {name: ${name}, dir: ${name}, execution_order_group: ${order}}\n`;
    const world = await openRunWorld({
      files: {
        'atlantis.yaml': `version: 3\nprojects:\n${group('a', 0)}${group('b', 1)}${group('c', 2)}`,
        'a/main.tf': '',
        'b/main.tf': '',
        'b/fake.sh': busy('plan'),
        'c/main.tf': '',
      },
      engine: engine.binary,
    });
    await world.work();
    const runId = await world.accept('plan', named('a', 'b', 'c'));
    await isBusy(engine);
    await cancelRun(world.deps, runId, world.actor);
    const run = await world.ended(runId);
    expect([run.state, ...run.jobs.map((job) => job.state)]).toEqual([
      'cancelled',
      'succeeded',
      'cancelled',
      'cancelled',
    ]);
  });

  it('ends a run at once that waits for a place in the pool', async () => {
    const { engine, world } = await busyWorld(busy('plan'), { over: { pool: createPool(1) } });
    const first = await world.accept('plan');
    await isBusy(engine);
    const others = [await world.accept('plan', inDir('.', 'b')), await world.accept('plan', inDir('.', 'c'))];
    for (const runId of others) await cancelRun(world.deps, runId, world.actor);
    const ended = await Promise.all(others.map(world.ended));
    expect(ended.map((run) => run.state)).toEqual(['cancelled', 'cancelled']);
    expect((await engine.starts()).map((one) => one.command)).toEqual(['init', 'plan']);
    await cancelRun(world.deps, first, world.actor);
    await world.ended(first);
    await expectNothingLeft(world);
  });

  it('interrupts the reading of a plan', async () => {
    const requirement: Requirement = async ({ planJson }) => {
      await planJson?.();
      return undefined;
    };
    const { engine, world } = await busyWorld(busy('show'), { over: { requirements: [requirement] } });
    const runId = await world.accept('apply');
    await isBusy(engine);
    await cancelRun(world.deps, runId, world.actor);
    expect((await world.ended(runId)).jobs).toMatchObject([{ state: 'cancelled' }]);
    await expectNothingLeft(world);
  });

  it('says when there is nothing to cancel', async () => {
    const { world } = await busyWorld('');
    const { id } = await world.run('plan');
    expect(await cancelRun(world.deps, id, world.actor)).toBe('ended');
    expect(await cancelRun(world.deps, 99, world.actor)).toBe('unknown');
  });

  it('asks once, however often it is called', async () => {
    const { engine, world } = await busyWorld(busy('plan'));
    const runId = await world.accept('plan');
    await isBusy(engine);
    await Promise.all([1, 2, 3].map(() => cancelRun(world.deps, runId, world.actor)));
    await world.ended(runId);
    const events = await world.deps.db.query.selectFrom('run_events').select('kind').execute();
    expect(events.filter((event) => event.kind === 'run_cancelling')).toHaveLength(1);
  });
});

describe('a time limit', () => {
  it('ends a plan that hangs, and frees its lock', async () => {
    const { world } = await busyWorld(busy('plan'), { settings: { engineTimeoutMs: 1000 } });
    const { jobs } = await world.run('plan');
    expect(jobs).toMatchObject([{ state: 'failed', outcome: { kind: 'failed', code: 'engine_timeout' } }]);
    expect((await world.logOf({ id: 1 })).at(-1)).toMatch(/^polder: running 'terraform plan .*time limit$/);
    await expectNothingLeft(world);
  });

  it('ends an init that hangs and ignores to be asked', async () => {
    const settings = { engineTimeoutMs: 1000, killAfterMs: 200 };
    const { world } = await busyWorld(busy('init', "trap '' INT;"), { settings });
    const { jobs } = await world.run('plan');
    expect(jobs).toMatchObject([{ outcome: { kind: 'failed', code: 'engine_timeout' } }]);
    await expectNothingLeft(world);
  });

  it('ends an apply that hangs, whose state is saved', async () => {
    const save = `echo '{"version":4,"serial":7,"lineage":"l"}' > terraform.tfstate;`;
    const { world } = await busyWorld(busy('apply', save), { settings: { engineTimeoutMs: 1000 } });
    const { jobs } = await world.run('apply');
    expect(jobs).toMatchObject([{ state: 'failed', outcome: { kind: 'failed', code: 'engine_timeout' } }]);
    const state = await currentState(world.deps.db, { repoId: world.repo.id, dir: '.', workspace: 'default' });
    expect(Buffer.from(state?.content ?? []).toString()).toContain('"serial":7');
    await expectNothingLeft(world);
  });

  it('says how long it was in the words of a person', async () => {
    const { world } = await busyWorld(busy('plan'), { settings: { engineTimeoutMs: 1000 } });
    const { jobs } = await world.run('plan');
    expect(jobs[0]?.outcome).toMatchObject({
      message:
        "running 'terraform plan -input=false -refresh -out plan.tfplan' in '.': stopped after 1 s, its time limit",
    });
  });
});
