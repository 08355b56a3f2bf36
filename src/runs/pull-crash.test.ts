import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fakeEngine, overlaps } from '../../test/support/fake-engine.ts';
import { holdTask } from '../../test/support/held-task.ts';
import { pullRuns } from '../../test/support/pull-runs.ts';
import { openRunWorld, type RunWorld } from '../../test/support/run-world.ts';
import { temporaryDir } from '../../test/support/temp.ts';
import { waitFor } from '../../test/support/wait-for.ts';
import { listLocks } from '../locks/index.ts';
import { executeRun } from './execute-run.ts';
import { getRun } from './queries.ts';

/** A planned pull request whose engine waits, at its next command of this name, until `go` is called. */
async function plannedWorld(command: string) {
  const dir = await temporaryDir();
  const engine = await fakeEngine();
  const pause = `{ touch ${dir}/waits; while [ ! -e ${dir}/go ]; do sleep 0.02; done; }`;
  const script = `[ $command = ${command} ] && [ -e ${dir}/armed ] && ${pause}\n[ $command = import ] && echo 'Import successful!'\n`;
  const world = await openRunWorld({ files: { 'main.tf': '', mark: 'one', 'fake.sh': script }, engine: engine.binary });
  const pull = pullRuns(world);
  await serve(world, await pull.accept({ kind: 'plan', extraArgs: [] })).ended;
  await writeFile(join(dir, 'armed'), '');
  const startsOf = async (name: string) => (await engine.starts()).filter((one) => one.command === name);
  const atPause = (times: number) =>
    waitFor('the engine to wait', async () => (await startsOf(command)).length >= times);
  return { world, pull, engine, startsOf, atPause, go: () => writeFile(join(dir, 'go'), '') };
}

function serve(world: RunWorld, runId: number) {
  const held = holdTask(runId);
  const ended = executeRun(world.deps)(held.task).catch((error: unknown) => error);
  return { held, ended };
}

const holders = async ({ deps }: RunWorld) => (await listLocks(deps.db)).map(({ holder }) => holder.kind);
const dropReasons = async ({ deps }: RunWorld) =>
  (await deps.db.query.selectFrom('plans').select('drop_reason').orderBy('id').execute()).map((row) => row.drop_reason);

describe('a change of a pull request whose server died', () => {
  it('is not repeated when it is an import', async () => {
    const { world, pull, engine, startsOf, atPause, go } = await plannedWorld('import');
    const runId = await pull.accept({ kind: 'import', address: 'a.b', id: '1', extraArgs: [] });
    const first = serve(world, runId);
    await atPause(1);
    first.held.lose();
    const second = serve(world, runId);
    await waitFor('the log to tell that it is waited for', async () =>
      (await world.logOf({ id: 2 })).some((line) => line.includes('this import ran; its Terraform process goes on')),
    );
    await go();
    await Promise.all([first.ended, second.ended]);
    expect(await getRun(world.deps.db, runId)).toMatchObject({
      state: 'interrupted',
      jobs: [
        {
          outcome: {
            kind: 'interrupted',
            phase: 'import',
            message:
              'The server stopped while this import was running; the import went on without it and has ended. ' +
              'The last it said: Import successful! It is not repeated. ' +
              'The project stays locked: look at what was imported, then delete the lock and plan again.',
          },
        },
      ],
    });
    expect(await startsOf('import')).toHaveLength(1);
    expect(overlaps(await engine.starts())).toEqual([]);
    expect(await dropReasons(world)).toEqual(['its import was interrupted']);
    expect(await holders(world)).toEqual(['pull']);
  });

  it('is not repeated when it is the apply of a saved plan, which is void then', async () => {
    const { world, pull, engine, atPause, go } = await plannedWorld('apply');
    const runId = await pull.acceptApply();
    const first = serve(world, runId);
    await atPause(1);
    first.held.lose();
    const second = serve(world, runId);
    await go();
    await Promise.all([first.ended, second.ended]);
    expect(await getRun(world.deps.db, runId)).toMatchObject({ state: 'interrupted' });
    expect(await engine.marks()).toEqual(['one@default']);
    expect(await dropReasons(world)).toEqual(['its apply was interrupted']);
    expect(await holders(world)).toEqual(['pull']);
  });

  it('begins again when it had not come to its apply, with the plan that was saved', async () => {
    const { world, pull, engine, startsOf, atPause, go } = await plannedWorld('init');
    await rm(join(world.deps.dataDir, 'kept-checkouts'), { recursive: true });
    const runId = await pull.acceptApply();
    const first = serve(world, runId);
    await atPause(2);
    first.held.lose();
    await go();
    await first.ended;
    await serve(world, runId).ended;
    expect(await getRun(world.deps.db, runId)).toMatchObject({
      state: 'succeeded',
      jobs: [{ attempt: 2, outcome: { kind: 'applied' } }],
    });
    expect(await startsOf('plan')).toHaveLength(1);
    expect(await engine.marks()).toEqual(['one@default']);
    expect(await dropReasons(world)).toEqual(['applied']);
  });
});

describe('a plan of a pull request whose server died', () => {
  it('begins again, and ends with one plan and its lock', async () => {
    const { world, pull, atPause, go } = await plannedWorld('plan');
    const runId = await pull.accept({ kind: 'plan', extraArgs: [] });
    const first = serve(world, runId);
    await atPause(2);
    first.held.lose();
    await go();
    await first.ended;
    await serve(world, runId).ended;
    expect(await getRun(world.deps.db, runId)).toMatchObject({ state: 'succeeded', jobs: [{ attempt: 2 }] });
    expect(await pull.plans()).toHaveLength(1);
    expect(await dropReasons(world)).toEqual(['planned again', null]);
    expect(await holders(world)).toEqual(['pull']);
  });
});
