import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeDatabases } from '../../test/support/database.ts';
import { fakeEngine } from '../../test/support/fake-engine.ts';
import { named, openRunWorld, type RunWorld } from '../../test/support/run-world.ts';
import { temporaryDir } from '../../test/support/temp.ts';
import { waitFor } from '../../test/support/wait-for.ts';
import type { Db } from '../db/index.ts';
import { createPool } from './pool.ts';
import { getRun } from './queries.ts';

/** Projects whose plans wait until `goOn` is called, where one job at a time has room. */
async function waitingProjects(names: readonly string[], db?: Db) {
  const mark = join(await temporaryDir(), 'go');
  const script = `[ $command = plan ] && { while [ ! -e ${mark} ]; do sleep 0.02; done; }\n`;
  const files = names.flatMap((name) => [
    [`${name}/main.tf`, ''],
    [`${name}/fake.sh`, script],
  ]);
  const config = `version: 3\nprojects:\n${names.map((name) => `- {name: ${name}, dir: ${name}}\n`).join('')}`;
  const { binary } = await fakeEngine();
  const world = await openRunWorld({
    files: { ...Object.fromEntries(files), 'atlantis.yaml': config },
    engine: binary,
    over: { pool: createPool(1) },
    ...(db ? { db } : {}),
  });
  return { world, goOn: () => writeFile(mark, '') };
}

const jobState = async ({ deps }: RunWorld, id: number) => (await getRun(deps.db, id))?.jobs[0]?.state;

describeDatabases('runs that share a pool', (open) => {
  it('find the lock given back that an earlier one had', async () => {
    const { world, goOn } = await waitingProjects(['a', 'b'], await open());
    await world.work();
    const first = await world.accept('plan', named('a'));
    await waitFor('the first to run', async () => (await jobState(world, first)) === 'running');
    const between = await world.accept('plan', named('b'));
    await waitFor('the next to be under way', async () => (await jobState(world, between)) === 'running');
    const again = await world.accept('plan', named('a'));
    await waitFor('the last to be in hand', async () => (await getRun(world.deps.db, again))?.state === 'running');
    await goOn();
    const ended = [await world.ended(first), await world.ended(between), await world.ended(again)];
    expect(ended.map(({ state }) => state)).toEqual(['succeeded', 'succeeded', 'succeeded']);
  });
});

it('runs that wait for the pool hold no checkouts', async () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];
  const { world, goOn } = await waitingProjects(names);
  const runs: number[] = [];
  for (const name of names) runs.push(await world.accept('plan', named(name)));
  await world.work();
  const states = () => Promise.all(runs.map(async (id) => (await getRun(world.deps.db, id))?.state));
  await waitFor('all to be in hand', async () => (await states()).every((state) => state === 'running'));
  await waitFor('two to be under way', async () => {
    const jobs = await Promise.all(runs.map((id) => jobState(world, id)));
    return jobs.filter((state) => state === 'running').length === 2;
  });
  const checkouts = await readdir(join(world.deps.dataDir, 'checkouts'));
  await goOn();
  for (const id of runs) await world.ended(id);
  expect(checkouts.length).toBeLessThanOrEqual(2);
});
