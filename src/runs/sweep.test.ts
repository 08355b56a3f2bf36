import { expect, it } from 'vitest';
import { acceptApply, insertRepo } from '../../test/support/applies.ts';
import { describeDatabases } from '../../test/support/database.ts';
import { jobOutputs } from './queries.ts';
import { sweepOld } from './sweep.ts';

describeDatabases('sweepOld', (open) => {
  it('lets go of what jobs have answered that ended before a time, and of nothing else', async () => {
    const db = await open();
    const repo = await insertRepo(db, 'acme/infra');
    const runs: number[] = [];
    for (const [dir, endedAt] of [
      ['old', 1000],
      ['recent', 3000],
      ['open', null],
    ] as const) {
      const { job } = await acceptApply(db, { repo, project: { name: '', dir, workspace: 'default' } }, 500);
      await db.query.updateTable('jobs').set({ output: dir, ended_at: endedAt }).where('id', '=', job.id).execute();
      runs.push(job.runId);
    }
    await sweepOld({ db, now: () => 9000 }, 2000);
    const outputs = await Promise.all(runs.map(async (id) => [...(await jobOutputs(db, id)).values()]));
    expect(outputs).toEqual([[''], ['recent'], ['open']]);
  });
});
