import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeDatabases } from '../../test/support/database.ts';
import { fakeEngine } from '../../test/support/fake-engine.ts';
import { inDir, openRunWorld } from '../../test/support/run-world.ts';
import { temporaryDir } from '../../test/support/temp.ts';
import { waitFor } from '../../test/support/wait-for.ts';
import type { Db } from '../db/index.ts';
import { PolderError } from '../lib/errors.ts';

/** A database whose transactions fail while it is away. */
function awayable(db: Db) {
  const state = { isAway: false };
  const transaction: Db['transaction'] = (change) => {
    return state.isAway ? Promise.reject(new PolderError('database_unavailable')) : db.transaction(change);
  };
  return { state, db: { ...db, transaction } };
}

describeDatabases('a database that is away before an apply begins', (open) => {
  it('makes it wait, and not fail', async () => {
    const { state, db } = awayable(await open());
    const go = join(await temporaryDir(), 'go');
    const script = `[ $command = plan ] && { note at-plan; while [ ! -e ${go} ]; do sleep 0.02; done; }\n`;
    const engine = await fakeEngine();
    const files = { 'net/main.tf': '', 'net/mark': 'm1', 'net/fake.sh': script };
    const world = await openRunWorld({ files, engine: engine.binary, db });
    await world.work();
    const run = await world.accept('apply', inDir('net'));
    await waitFor('the plan', () => engine.hasNoted('at-plan'));
    state.isAway = true;
    await writeFile(go, '');
    await waitFor('the run to be put back', async () => {
      const tasks = await db.query.selectFrom('tasks').select('last_error').execute();
      return tasks.some((task) => task.last_error !== null);
    });
    state.isAway = false;
    expect((await world.ended(run)).jobs.map(({ outcome }) => outcome?.kind)).toEqual(['applied']);
    expect(await engine.marks()).toEqual(['m1@default']);
  });
});
