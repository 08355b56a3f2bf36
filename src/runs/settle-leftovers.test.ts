import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type DiaryEngine, fakeEngine, overlaps } from '../../test/support/fake-engine.ts';
import { type HeldTask, holdTask } from '../../test/support/held-task.ts';
import { inDir, named, openRunWorld, type RunWorld } from '../../test/support/run-world.ts';
import { temporaryDir } from '../../test/support/temp.ts';
import { waitFor } from '../../test/support/wait-for.ts';
import { identify, isAlive } from '../exec/index.ts';
import { openCheckout } from '../git/index.ts';
import { listLocks } from '../locks/index.ts';
import { currentState } from '../states/index.ts';
import { cancelRun } from './cancel-run.ts';
import type { RunSettings } from './deps.ts';
import { executeRun } from './execute-run.ts';
import { jobFiles, jobsDir, makeJobFiles, noteJob } from './job-files.ts';
import { getRun } from './queries.ts';
import { cleanAfterCrash } from './sweep.ts';
import type { JobState } from './types.ts';

/** A shell fragment that makes a command of the engine wait until `go` is called. */
async function createWait(command: string) {
  const file = join(await temporaryDir(), 'go');
  return {
    script: `[ $command = ${command} ] && while [ ! -e ${file} ]; do sleep 0.02; done\n`,
    go: () => writeFile(file, ''),
  };
}

type Server = { readonly held: HeldTask; readonly ended: Promise<unknown> };

/** Executes a run as a server would that has claimed it. What it throws is its result. */
function serve(world: RunWorld, runId: number): Server {
  const held = holdTask(runId);
  const ended = executeRun(world.deps)(held.task).catch((error: unknown) => error);
  return { held, ended };
}

async function jobIn(world: RunWorld, runId: number, state: JobState): Promise<void> {
  await waitFor(`a job to be ${state}`, async () =>
    (await getRun(world.deps.db, runId))?.jobs.some((job) => job.state === state),
  );
}

async function engineAt(engine: DiaryEngine, command: string, times = 1): Promise<void> {
  await waitFor(`the engine to ${command}`, async () => {
    const starts = await engine.starts();
    return starts.filter((one) => one.command === command).length >= times;
  });
}

async function leftOnDisk({ deps }: RunWorld): Promise<string[]> {
  const folders = [jobsDir(deps.dataDir), join(deps.dataDir, 'checkouts')];
  return (await Promise.all(folders.map((folder) => readdir(folder).catch(() => [])))).flat();
}

async function planFiles({ deps }: RunWorld): Promise<number> {
  return (await deps.db.query.selectFrom('plan_files').select('plan_id').execute()).length;
}

const config = (text: string) => `version: 3\nprojects:\n${text}`;

describe('an apply whose server died', () => {
  async function lostApply(settings: Partial<RunSettings> = {}, before = '') {
    const engine = await fakeEngine();
    const wait = await createWait('apply');
    const script = `${before}\n[ $command = apply ] && echo 'Creating...'\n${wait.script}`;
    const files = { 'main.tf': '', mark: 'one', 'fake.sh': script };
    const world = await openRunWorld({ files, engine: engine.binary, settings });
    const runId = await world.accept('apply');
    const first = serve(world, runId);
    await jobIn(world, runId, 'applying');
    await engineAt(engine, 'apply');
    first.held.lose();
    const second = serve(world, runId);
    return { engine, world, runId, first, second, ...wait };
  }

  const isWaitedFor = (world: RunWorld) =>
    waitFor('the log to tell that it is waited for', async () =>
      (await world.logOf({ id: 1 })).some((line) => line.includes('goes on and is waited for')),
    );
  const job = async (world: RunWorld, runId: number) => (await getRun(world.deps.db, runId))?.jobs[0];

  it('is waited for, not repeated, and ends as interrupted', async () => {
    const { engine, world, runId, first, second, go } = await lostApply();
    await isWaitedFor(world);
    expect((await job(world, runId))?.state).toBe('applying');
    await go();
    await Promise.all([first.ended, second.ended]);
    expect(await getRun(world.deps.db, runId)).toMatchObject({
      state: 'interrupted',
      jobs: [
        {
          state: 'interrupted',
          attempt: 1,
          outcome: {
            kind: 'interrupted',
            phase: 'apply',
            message:
              'The server stopped while this apply was running; the apply went on without it and has ended. ' +
              'The last it said: Apply complete! Resources: 1 added, 0 changed, 0 destroyed. It is not repeated. ' +
              'The project stays locked: look at what was applied, then delete the lock and plan again.',
          },
        },
      ],
    });
    expect(await engine.marks()).toEqual(['one@default']);
    expect(overlaps(await engine.starts())).toEqual([]);
  });

  it('has everything that it printed in its log, once', async () => {
    const { world, runId, first, second, go } = await lostApply();
    await go();
    await Promise.all([first.ended, second.ended]);
    const lines = await world.logOf({ id: 1 });
    const { outcome } = (await job(world, runId)) ?? {};
    expect(lines.filter((line) => !line.startsWith('polder: '))).toEqual([
      'Terraform has been successfully initialized!',
      'Plan: 1 to add, 0 to change, 0 to destroy.',
      'Creating...',
      'Apply complete! Resources: 1 added, 0 changed, 0 destroyed.',
    ]);
    expect(lines.at(-1)).toBe(`polder: ${outcome?.kind === 'interrupted' ? outcome.message : ''}`);
  });

  it('keeps its lock, and leaves its state and no files', async () => {
    const { world, first, second, go } = await lostApply();
    await go();
    await Promise.all([first.ended, second.ended]);
    expect(await listLocks(world.deps.db)).toMatchObject([{ holder: { kind: 'run', runId: 1 } }]);
    const state = await currentState(world.deps.db, { repoId: world.repo.id, dir: '.', workspace: 'default' });
    expect(JSON.parse(Buffer.from(state?.content ?? []).toString())).toMatchObject({ serial: 1, mark: 'one' });
    expect(await leftOnDisk(world)).toEqual([]);
    expect(await planFiles(world)).toBe(0);
  });

  it('is interrupted when the run is cancelled, and killed when that does not help', async () => {
    const { world, runId, first, second } = await lostApply({ killAfterMs: 300 }, "trap '' INT");
    await isWaitedFor(world);
    await cancelRun(world.deps, runId, world.actor);
    await Promise.all([first.ended, second.ended]);
    expect((await job(world, runId))?.outcome).toMatchObject({
      kind: 'interrupted',
      message: expect.stringContaining('It was asked to stop, because the run was cancelled. How far') as string,
    });
  });

  it('has the time that it would have had with its server', async () => {
    const { world, runId, second } = await lostApply({ engineTimeoutMs: 1500, killAfterMs: 300 }, "trap '' INT");
    await second.ended;
    expect((await job(world, runId))?.outcome).toMatchObject({
      kind: 'interrupted',
      message: expect.stringContaining('It was asked to stop, because its time was up.') as string,
    });
  });

  it('is left to the next server when this one loses the run too', async () => {
    const { world, runId, first, second, go } = await lostApply();
    await isWaitedFor(world);
    second.held.lose({ tell: true });
    expect(await second.ended).toMatchObject({ code: 'task_lost' });
    const third = serve(world, runId);
    await go();
    await Promise.all([first.ended, third.ended]);
    expect((await job(world, runId))?.state).toBe('interrupted');
  });
});

describe('a job whose server died before its point of no return', () => {
  it('has its process stopped and runs again, up to its apply', async () => {
    const engine = await fakeEngine();
    const dir = await temporaryDir();
    const hang = `[ $command = plan ] && mkdir ${dir}/first 2>/dev/null && while :; do sleep 0.02; done\n`;
    const world = await openRunWorld({ files: { 'main.tf': '', mark: 'one', 'fake.sh': hang }, engine: engine.binary });
    const runId = await world.accept('apply');
    const first = serve(world, runId);
    await waitFor('the plan to hang', () => existsSync(join(dir, 'first')));
    first.held.lose();
    const second = serve(world, runId);
    await Promise.all([first.ended, second.ended]);
    expect(await getRun(world.deps.db, runId)).toMatchObject({ state: 'succeeded', jobs: [{ attempt: 2 }] });
    expect(await engine.marks()).toEqual(['one@default']);
    expect(overlaps(await engine.starts())).toEqual([]);
    expect(await leftOnDisk(world)).toEqual([]);
    expect(await listLocks(world.deps.db)).toEqual([]);
    const lines = await world.logOf({ id: 1 });
    expect(lines).toContain('polder: the server stopped while this job ran; nothing was applied, and it starts again');
  });

  it('is rid of a process that ignores to be asked, and of what an engine left that is dead itself', async () => {
    const engine = await fakeEngine();
    const dir = await temporaryDir();
    // The first plan dies and leaves a process in its folder that leads no group and ignores the signal.
    const hang = `if [ $command = plan ] && mkdir ${dir}/first 2>/dev/null; then
      (trap '' INT; touch ${dir}/left; while :; do sleep 0.02; done) &
      echo $! > ${dir}/pid
      while [ ! -e ${dir}/left ]; do sleep 0.02; done
      kill -9 $$
    fi\n`;
    const world = await openRunWorld({
      files: { 'main.tf': '', mark: 'one', 'fake.sh': hang },
      engine: engine.binary,
      settings: { killAfterMs: 200 },
    });
    const runId = await world.accept('plan');
    const first = serve(world, runId);
    await waitFor('the process to be left', () => existsSync(join(dir, 'left')));
    first.held.lose();
    await first.ended;
    const second = serve(world, runId);
    await second.ended;
    expect(await getRun(world.deps.db, runId)).toMatchObject({ state: 'succeeded' });
    expect(isAlive(identify(Number(await readFile(join(dir, 'pid'), 'utf8'))))).toBe(false);
  });

  it('leaves the apply of a project in a folder below its own alone', async () => {
    const engine = await fakeEngine();
    const wait = await createWait('apply');
    const dir = await temporaryDir();
    const hang = `[ $command = plan ] && mkdir ${dir}/first 2>/dev/null && while :; do sleep 0.02; done\n`;
    const world = await openRunWorld({
      files: {
        'atlantis.yaml': config('- {name: root, dir: .}\n- {name: below, dir: sub}\n'),
        'main.tf': '',
        mark: 'root',
        'fake.sh': hang,
        'sub/main.tf': '',
        'sub/mark': 'below',
        'sub/fake.sh': wait.script,
      },
      engine: engine.binary,
    });
    const runId = await world.accept('apply', named('root', 'below'));
    const first = serve(world, runId);
    await engineAt(engine, 'apply');
    await waitFor('the other plan to hang', () => existsSync(join(dir, 'first')));
    first.held.lose();
    const second = serve(world, runId);
    await waitFor('the other job to be stopped', async () =>
      (await getRun(world.deps.db, runId))?.jobs.some((job) => job.state === 'queued'),
    );
    await wait.go();
    await Promise.all([first.ended, second.ended]);
    const run = await getRun(world.deps.db, runId);
    expect(run?.jobs.map((job) => [job.project.name, job.state])).toEqual([
      ['root', 'succeeded'],
      ['below', 'interrupted'],
    ]);
    expect((await engine.marks()).toSorted()).toEqual(['below@default', 'root@default']);
    expect(run?.jobs[1]?.outcome).toMatchObject({ message: expect.stringContaining('Apply complete!') as string });
  });
});

describe('a run whose server died', () => {
  it('goes on with the jobs that are left, and keeps the outcomes of the others', async () => {
    const engine = await fakeEngine();
    const wait = await createWait('plan');
    const world = await openRunWorld({
      files: {
        'atlantis.yaml': config('- {name: a, dir: a}\n- {name: b, dir: b, execution_order_group: 1}\n'),
        'a/main.tf': '',
        'b/main.tf': '',
        'b/fake.sh': wait.script,
      },
      engine: engine.binary,
    });
    const runId = await world.accept('plan', named('a', 'b'));
    const first = serve(world, runId);
    await engineAt(engine, 'plan', 2);
    first.held.lose();
    await wait.go();
    await first.ended;
    await serve(world, runId).ended;
    const run = await getRun(world.deps.db, runId);
    expect(run?.jobs.map((job) => [job.state, job.attempt])).toEqual([
      ['succeeded', 1],
      ['succeeded', 2],
    ]);
    expect(await leftOnDisk(world)).toEqual([]);
  });

  it('leaves no files of a job that ended right before', async () => {
    const engine = await fakeEngine();
    const wait = await createWait('plan');
    const world = await openRunWorld({
      files: {
        'atlantis.yaml': config('- {name: a, dir: a}\n- {name: b, dir: b, execution_order_group: 1}\n'),
        'a/main.tf': '',
        'b/main.tf': '',
        'b/fake.sh': wait.script,
      },
      engine: engine.binary,
    });
    const runId = await world.accept('plan', named('a', 'b'));
    const first = serve(world, runId);
    await engineAt(engine, 'plan', 2);
    first.held.lose();
    await wait.go();
    await first.ended;
    await mkdir(join(jobsDir(world.deps.dataDir), '1'), { recursive: true });
    await serve(world, runId).ended;
    expect(await leftOnDisk(world)).toEqual([]);
  });
});

describe('cleanAfterCrash', () => {
  it('saves the state of an apply that another server ended while it could not look here', async () => {
    const engine = await fakeEngine();
    const world = await openRunWorld({ files: { 'main.tf': '', mark: 'one' }, engine: engine.binary });
    const wait = await createWait('apply');
    await world.commit({ 'fake.sh': wait.script });
    const runId = await world.accept('apply');
    const first = serve(world, runId);
    await engineAt(engine, 'apply');
    first.held.lose();
    const elsewhere = { ...world.deps, dataDir: await temporaryDir() };
    await executeRun(elsewhere)(holdTask(runId).task);
    await wait.go();
    await first.ended;
    const run = await getRun(world.deps.db, runId);
    expect(run?.state).toBe('interrupted');
    const key = { repoId: world.repo.id, dir: '.', workspace: 'default' };
    expect(await currentState(world.deps.db, key)).toBeUndefined();

    // What a server leaves that is killed then.
    const projectDir = await temporaryDir();
    const state = { path: join(projectDir, 'terraform.tfstate'), basedOn: null };
    await writeFile(state.path, '{"lineage":"l","serial":1,"mark":"one"}');
    const files = jobFiles(world.deps.dataDir, 1);
    makeJobFiles(files);
    const checkout = { repoId: world.repo.id, sha: run?.commitSha ?? '', dir: projectDir, owner: 'x' };
    noteJob(files, { checkout, projectDir, state });
    const engineStillThere = spawn('sleep', ['60'], { cwd: projectDir });
    await cleanAfterCrash(world.deps);
    expect(existsSync(files.dir)).toBe(true);
    engineStillThere.kill();
    await once(engineStillThere, 'exit');
    await cleanAfterCrash(world.deps);
    const saved = await currentState(world.deps.db, key);
    expect(Buffer.from(saved?.content ?? []).toString()).toContain('"mark":"one"');
    expect((await world.logOf({ id: 1 })).at(-1)).toBe(
      'polder: the state that this apply left was found when its server started again; it is saved',
    );
    expect(await leftOnDisk(world)).toEqual([]);
  });

  it('keeps the checkout in which an apply may still work, and removes those that nobody noted', async () => {
    const engine = await fakeEngine();
    const wait = await createWait('apply');
    const files = { 'main.tf': '', mark: 'one', 'fake.sh': wait.script };
    const world = await openRunWorld({ files, engine: engine.binary });
    const runId = await world.accept('apply', inDir('.'));
    const first = serve(world, runId);
    await engineAt(engine, 'apply');
    first.held.lose();
    const { commitSha } = (await getRun(world.deps.db, runId)) ?? { commitSha: '' };
    await openCheckout(world.deps.git, { repoId: world.repo.id, sha: commitSha, owner: `run-${runId}-other` });
    expect(await readdir(join(world.deps.dataDir, 'checkouts'))).toHaveLength(2);
    await cleanAfterCrash(world.deps);
    expect(await readdir(join(world.deps.dataDir, 'checkouts'))).toHaveLength(1);
    const second = serve(world, runId);
    await wait.go();
    await Promise.all([first.ended, second.ended]);
    expect(await engine.marks()).toEqual(['one@default']);
    const state = await currentState(world.deps.db, { repoId: world.repo.id, dir: '.', workspace: 'default' });
    expect(Buffer.from(state?.content ?? []).toString()).toContain('"mark":"one"');
  });
});
