import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fakeEngine, overlaps } from '../../test/support/fake-engine.ts';
import { createGate } from '../../test/support/gate.ts';
import { git } from '../../test/support/git.ts';
import { holdTask } from '../../test/support/held-task.ts';
import { named, openRunWorld, type RunWorld, type RunWorldOptions } from '../../test/support/run-world.ts';
import { temporaryDir } from '../../test/support/temp.ts';
import { waitFor } from '../../test/support/wait-for.ts';
import { PolderError } from '../lib/errors.ts';
import { holdApplyLock, listLocks, takeManualLock } from '../locks/index.ts';
import { currentState } from '../states/index.ts';
import { executeRun } from './execute-run.ts';
import { jobFiles, jobsDir, readNotes } from './job-files.ts';
import { createPool } from './pool.ts';
import { getRun } from './queries.ts';
import type { Requirement, RunEvent } from './types.ts';

const projects = (...lines: string[]) => `version: 3\nprojects:\n${lines.map((line) => `- {${line}}\n`).join('')}`;

/** A world that works, with these files and the fake engine. */
async function workingWorld(files: RunWorldOptions['files'], over: Partial<RunWorldOptions> = {}) {
  const engine = await fakeEngine();
  const world = await openRunWorld({ files, engine: engine.binary, ...over });
  await world.work();
  return { engine, world };
}

async function leftBehind({ deps }: RunWorld) {
  return {
    locks: await listLocks(deps.db),
    jobFolders: await readdir(jobsDir(deps.dataDir)).catch(() => []),
    checkouts: await readdir(join(deps.dataDir, 'checkouts')),
    planFiles: await deps.db.query.selectFrom('plan_files').select('plan_id').execute(),
  };
}
const nothing = { locks: [], jobFolders: [], checkouts: [], planFiles: [] };

/** A shell fragment for a command that waits for a file, and what makes the file. */
async function waitingAt(command: string) {
  const dir = await temporaryDir();
  const script = `[ $command = ${command} ] && { note waits; while [ ! -e ${dir}/go ]; do sleep 0.02; done; }\n`;
  return { script, go: () => writeFile(join(dir, 'go'), '') };
}

describe('a run', () => {
  it('leaves nothing behind but its records', async () => {
    const { engine, world } = await workingWorld({ 'main.tf': '', mark: 'one' });
    expect(await world.run('plan')).toMatchObject({ state: 'succeeded', jobs: [{ outcome: { kind: 'planned' } }] });
    expect(await world.run('apply')).toMatchObject({ state: 'succeeded', jobs: [{ outcome: { kind: 'applied' } }] });
    expect(await world.run('plan')).toMatchObject({ state: 'succeeded', jobs: [{ outcome: { kind: 'unchanged' } }] });
    expect(await engine.marks()).toEqual(['one@default']);
    expect(await leftBehind(world)).toEqual(nothing);
  });

  it('starts no process that its outcome does not need', async () => {
    const { engine, world } = await workingWorld({ 'main.tf': '' });
    await world.run('plan');
    await world.run('apply');
    expect((await engine.starts()).map((one) => one.command)).toEqual(['init', 'plan', 'init', 'plan', 'apply']);
  });

  it('works on though the mirror of its repository is damaged', async () => {
    const { world } = await workingWorld({ 'main.tf': '# 1' });
    const { deps, repo, source } = world;
    await world.run('plan');
    const id = await git(source, 'rev-parse', 'main:main.tf');
    await rm(join(deps.dataDir, 'repos', String(repo.id), 'mirror.git', 'objects', id.slice(0, 2), id.slice(2)));
    await rm(join(deps.dataDir, 'spares'), { recursive: true });
    expect((await world.run('plan')).state).toBe('succeeded');
  });

  it('works on projects of several folders side by side', async () => {
    const dir = await temporaryDir();
    const meet = (me: string, other: string) =>
      `[ $command = plan ] && { touch ${dir}/${me}; while [ ! -e ${dir}/${other} ]; do sleep 0.02; done; }\n`;
    const { world } = await workingWorld({
      'atlantis.yaml': projects('name: a, dir: a', 'name: b, dir: b'),
      'a/main.tf': '',
      'a/fake.sh': meet('a', 'b'),
      'b/main.tf': '',
      'b/fake.sh': meet('b', 'a'),
    });
    expect((await world.run('plan', named('a', 'b'))).state).toBe('succeeded');
  });

  it('works on no more projects at once than the pool has room for', async () => {
    const { engine, world } = await workingWorld(
      {
        'atlantis.yaml': projects('name: a, dir: a', 'name: b, dir: b', 'name: c, dir: c'),
        'a/main.tf': '',
        'b/main.tf': '',
        'c/main.tf': '',
      },
      { over: { pool: createPool(1) } },
    );
    expect((await world.run('plan', named('a', 'b', 'c'))).state).toBe('succeeded');
    const together = (await engine.starts()).map((one) => ({ ...one, project: 'any' }));
    expect(overlaps(together)).toEqual([]);
  });

  it('lets projects of one folder and workspace take turns', async () => {
    const slow = '[ $command = plan ] && sleep 0.1\n';
    const { engine, world } = await workingWorld({
      'atlantis.yaml': projects('name: a, dir: x', 'name: b, dir: x', 'name: c, dir: x, workspace: eu'),
      'x/main.tf': '',
      'x/mark': 'one',
      'x/fake.sh': slow,
    });
    const { jobs } = await world.run('apply', named('a', 'b', 'c'));
    expect(jobs.map((job) => job.outcome?.kind)).toEqual(['applied', 'applied', 'applied']);
    expect(overlaps(await engine.starts())).toEqual([]);
  });

  it('works on one order group after another', async () => {
    const { engine, world } = await workingWorld({
      'atlantis.yaml': projects(
        'name: a, dir: a, execution_order_group: 2',
        'name: b, dir: b, execution_order_group: 1',
        'name: c, dir: c, execution_order_group: 1',
      ),
      'a/main.tf': '',
      'b/main.tf': '',
      'c/main.tf': '',
    });
    await world.run('plan', named('a', 'b', 'c'));
    const starts = await engine.starts();
    const first = starts.find((one) => one.project === 'a@default')?.start ?? 0n;
    const others = starts.filter((one) => one.project !== 'a@default');
    expect(others.every((one) => one.end !== undefined && one.end < first)).toBe(true);
  });
});

describe('two runs', () => {
  it('do not meet in one project: the second is refused, and told which run has it', async () => {
    const wait = await waitingAt('plan');
    const { engine, world } = await workingWorld({ 'main.tf': '', 'fake.sh': wait.script });
    const first = await world.accept('plan');
    await waitFor('the first to plan', () => engine.hasNoted('waits'));
    const second = await world.run('plan');
    await wait.go();
    expect(second).toMatchObject({
      state: 'failed',
      jobs: [
        {
          state: 'refused',
          outcome: {
            kind: 'refused',
            refusal: {
              kind: 'locked',
              message: expect.stringContaining(`is currently locked by run ${first} of atlantis-api.`) as string,
            },
          },
        },
      ],
    });
    expect((await world.ended(first)).state).toBe('succeeded');
    expect(await leftBehind(world)).toEqual(nothing);
  });

  it('plan side by side in one folder under two names', async () => {
    const wait = await waitingAt('plan');
    const { engine, world } = await workingWorld({
      'atlantis.yaml': projects('name: a, dir: x', 'name: b, dir: x'),
      'x/main.tf': '',
      'x/fake.sh': wait.script,
    });
    const runs = [await world.accept('plan', named('a')), await world.accept('plan', named('b'))];
    await waitFor(
      'both to plan',
      async () => (await engine.starts()).filter((one) => one.command === 'plan').length === 2,
    );
    await wait.go();
    expect((await Promise.all(runs.map(world.ended))).map((run) => run.state)).toEqual(['succeeded', 'succeeded']);
  });

  it('never apply in one folder and workspace together, whatever their projects are called', async () => {
    const wait = await waitingAt('apply');
    const { engine, world } = await workingWorld({
      'atlantis.yaml': projects('name: a, dir: x', 'name: b, dir: x'),
      'x/main.tf': '',
      'x/fake.sh': wait.script,
    });
    const first = await world.accept('apply', named('a'));
    await waitFor('the first to apply', () => engine.hasNoted('waits'));
    const second = await world.run('apply', named('b'));
    await wait.go();
    expect(second.jobs[0]?.outcome).toMatchObject({
      refusal: {
        kind: 'locked',
        message: expect.stringMatching(/^Run 1 of atlantis-api is applying in the same/) as string,
      },
    });
    expect((await world.ended(first)).state).toBe('succeeded');
    expect(await leftBehind(world)).toEqual(nothing);
  });

  it('apply no plan that was made before the other changed the state', async () => {
    const { opened, open } = createGate();
    let planned = false;
    const slow: Requirement = async ({ job, planJson }) => {
      if (job.project.name !== 'b' || !planJson) return undefined;
      planned = true;
      await opened;
      return undefined;
    };
    const { engine, world } = await workingWorld(
      {
        'atlantis.yaml': projects('name: a, dir: x', 'name: b, dir: x'),
        'x/main.tf': '',
        'x/mark': 'one',
      },
      { over: { requirements: [slow] } },
    );
    const second = await world.accept('apply', named('b'));
    await waitFor('the second to have planned', () => planned);
    expect((await world.run('apply', named('a'))).state).toBe('succeeded');
    open();
    expect((await world.ended(second)).jobs).toMatchObject([
      {
        outcome: {
          kind: 'failed',
          code: 'plan_invalid',
          message: 'applying the saved plan: another apply changed the state since; plan again',
        },
      },
    ]);
    expect(await engine.marks()).toEqual(['one@default']);
    expect(await leftBehind(world)).toEqual(nothing);
  });
});

describe('an apply', () => {
  it('is of exactly the plan that was saved: one that somebody changed is not applied', async () => {
    const tamper: Requirement = async ({ planJson }) => {
      if (planJson)
        await deps.db.query
          .updateTable('plan_files')
          .set({ content: Buffer.from('other') })
          .execute();
      return undefined;
    };
    const { engine, world } = await workingWorld({ 'main.tf': '', mark: 'one' }, { over: { requirements: [tamper] } });
    const { deps } = world;
    expect((await world.run('apply')).jobs).toMatchObject([
      {
        outcome: {
          kind: 'failed',
          code: 'plan_invalid',
          message: 'applying the saved plan: its file is not the one that was planned (the digest differs); plan again',
        },
      },
    ]);
    expect(await engine.marks()).toEqual([]);
    expect(await leftBehind(world)).toEqual(nothing);
  });

  it('is of the plan as it was saved, whatever became of the file', async () => {
    const overwrite: Requirement = async ({ planJson, job }) => {
      if (planJson) await writeFile(join(jobsDir(world.deps.dataDir), String(job.id), 'plan.tfplan'), 'other');
      return undefined;
    };
    const script = '[ $command = apply ] && cp "$3" "$(dirname $0)/applied"\n';
    const { engine, world } = await workingWorld(
      { 'main.tf': '', mark: 'one', 'fake.sh': script },
      { over: { requirements: [overwrite] } },
    );
    expect((await world.run('apply')).state).toBe('succeeded');
    expect(await readFile(join(dirname(engine.binary), 'applied'), 'utf8')).toBe('one\n');
  });
});

describe('a job', () => {
  it('is refused while somebody has locked its project by hand', async () => {
    const { engine, world } = await workingWorld({ 'main.tf': '' });
    const project = { repoId: world.repo.id, dir: '.', workspace: 'default', projectName: '' };
    await takeManualLock(world.deps.db, project, { note: 'holidays', actor: world.actor, now: 1 });
    expect((await world.run('plan')).jobs[0]?.outcome).toMatchObject({ refusal: { kind: 'locked' } });
    expect(await engine.starts()).toEqual([]);
    expect(await listLocks(world.deps.db)).toHaveLength(1);
  });

  it('is refused when applying is locked after it was accepted', async () => {
    const engine = await fakeEngine();
    const world = await openRunWorld({ files: { 'main.tf': '' }, engine: engine.binary });
    const runId = await world.accept('apply');
    await holdApplyLock(world.deps.db, world.actor, 1);
    await world.work();
    expect((await world.ended(runId)).jobs).toMatchObject([{ outcome: { refusal: { kind: 'apply_locked' } } }]);
    expect(await engine.starts()).toEqual([]);
    expect(await leftBehind(world)).toEqual(nothing);
  });

  it('is refused when applying is locked while it waits for a host that is away', async () => {
    const engine = await fakeEngine();
    let asked = 0;
    const requirement = async () => {
      asked += 1;
      if (asked > 1) return undefined;
      await holdApplyLock(world.deps.db, world.actor, 1);
      throw new PolderError('host_unavailable', 'asking a host: it is away');
    };
    const over = { requirements: [requirement] };
    const world = await openRunWorld({ files: { 'main.tf': '' }, engine: engine.binary, over });
    const runId = await world.accept('apply');
    await world.work();
    expect((await world.ended(runId)).jobs).toMatchObject([{ outcome: { refusal: { kind: 'apply_locked' } } }]);
    expect(await engine.starts()).toEqual([]);
  });

  it('ends once although the database stumbles at its end', async () => {
    let faults = 0;
    const { engine, world } = await workingWorld(
      { 'main.tf': '', mark: 'one' },
      {
        over: {
          subscribers: [
            async (_tx, event) => {
              if (event.kind !== 'job_ended' || faults === 2) return;
              faults += 1;
              throw new Error('the database stumbles');
            },
          ],
        },
      },
    );
    expect(await world.run('apply')).toMatchObject({ state: 'succeeded', jobs: [{ attempt: 1 }] });
    expect(await engine.marks()).toEqual(['one@default']);
    const state = await world.deps.db.query.selectFrom('state_versions').select('serial').execute();
    expect(state).toEqual([{ serial: 1 }]);
  });

  it('whose apply ended while nothing could be written ends as interrupted, with its state', async () => {
    const wait = await waitingAt('apply');
    const engine = await fakeEngine();
    const files = { 'main.tf': '', mark: 'one', 'fake.sh': wait.script };
    const world = await openRunWorld({ files, engine: engine.binary });
    const runId = await world.accept('apply');
    const first = holdTask(runId);
    const lost = executeRun(world.deps)(first.task).catch((error: unknown) => error);
    await waitFor('the apply', () => engine.hasNoted('waits'));
    first.lose();
    await wait.go();
    expect(await lost).toMatchObject({ code: 'task_lost' });
    await executeRun(world.deps)(holdTask(runId).task);
    expect((await getRun(world.deps.db, runId))?.jobs).toMatchObject([
      {
        state: 'interrupted',
        outcome: {
          message: expect.stringMatching(/the apply ended with it\. The last it said: Apply complete!/) as string,
        },
      },
    ]);
    expect(await currentState(world.deps.db, { repoId: world.repo.id, dir: '.', workspace: 'default' })).toBeDefined();
    expect(await engine.marks()).toEqual(['one@default']);
  });

  it('saves the state of an apply that had to be stopped because its process could not be noted', async () => {
    const subscriber = async (_tx: unknown, event: RunEvent) => {
      if (event.kind !== 'job_applying') return;
      const files = jobFiles(world.deps.dataDir, event.job?.id ?? 0);
      const { note } = await readNotes(files);
      // As the process would have left it, which is stopped too soon for that.
      await writeFile(note?.state?.path ?? '', '{ "lineage": "one", "serial": 1 }');
      await rm(join(files.dir, 'notes'));
      await mkdir(join(files.dir, 'notes'));
    };
    const { world } = await workingWorld({ 'main.tf': '' }, { over: { subscribers: [subscriber] } });
    const { jobs } = await world.run('apply');
    expect(jobs).toMatchObject([{ state: 'failed', outcome: { kind: 'failed', code: 'internal' } }]);
    expect(await currentState(world.deps.db, { repoId: world.repo.id, dir: '.', workspace: 'default' })).toBeDefined();
    expect(await leftBehind(world)).toEqual(nothing);
  });
});

describe('a requirement', () => {
  const refusal = { kind: 'requirement', message: 'not on Fridays' } as const;
  const applyWith = async (requirement: Requirement) => {
    const { engine, world } = await workingWorld(
      { 'main.tf': '', mark: 'one' },
      { over: { requirements: [requirement] } },
    );
    const run = await world.run('apply');
    return { run, world, commands: (await engine.starts()).map((one) => one.command) };
  };

  it('refuses an apply before anything is started', async () => {
    const { run, world, commands } = await applyWith(async () => refusal);
    expect(run.jobs).toMatchObject([{ state: 'refused', attempt: 0, outcome: { kind: 'refused', refusal } }]);
    expect(commands).toEqual([]);
    expect(await leftBehind(world)).toEqual(nothing);
  });

  it('refuses an apply for what its plan says, which is computed then, and once', async () => {
    const seen: string[] = [];
    const { run, world, commands } = await applyWith(async ({ planJson }) => {
      if (!planJson) return undefined;
      seen.push(await planJson(), await planJson());
      return refusal;
    });
    expect(run.jobs).toMatchObject([{ state: 'refused', outcome: { kind: 'refused', refusal } }]);
    expect(commands).toEqual(['init', 'plan', 'show']);
    expect(seen).toEqual(['{"format_version":"1.2"}\n', '{"format_version":"1.2"}\n']);
    expect((await world.logOf({ id: 1 })).at(-1)).toBe('polder: not on Fridays');
    expect(await leftBehind(world)).toEqual(nothing);
  });

  it('is not asked about plans', async () => {
    const { world } = await workingWorld({ 'main.tf': '' }, { over: { requirements: [async () => refusal] } });
    expect((await world.run('plan')).state).toBe('succeeded');
  });

  it.each([
    ['before the job', 0],
    ['with the plan', 1],
  ])('fails the job when it breaks %s', async (_, calm) => {
    let asked = 0;
    const { run, world } = await applyWith(async () => {
      asked += 1;
      if (asked > calm) throw new Error('it broke');
      return undefined;
    });
    expect(run.jobs).toMatchObject([
      { state: 'failed', outcome: { kind: 'failed', code: 'internal', message: 'it broke' } },
    ]);
    expect(await leftBehind(world)).toEqual(nothing);
  });
});
