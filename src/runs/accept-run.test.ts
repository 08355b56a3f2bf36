import { expect, it } from 'vitest';
import { describeDatabases } from '../../test/support/database.ts';
import { fakeEngine } from '../../test/support/fake-engine.ts';
import { git } from '../../test/support/git.ts';
import { openRunWorld } from '../../test/support/run-world.ts';
import { lockRow } from '../db/index.ts';
import { getRun } from './queries.ts';
import type { RunSubscriber } from './types.ts';

/** As those do that give out numbers for each repo. */
const locksTheRepo: RunSubscriber = async (tx, { kind, repo }) => {
  if (kind === 'job_queued') await lockRow(tx, 'repos', repo.id);
};

describeDatabases('acceptRun', (open) => {
  it('takes many requests for one repo at the same time', async () => {
    const { binary } = await fakeEngine();
    const over = { subscribers: [locksTheRepo] };
    const world = await openRunWorld({ files: { 'main.tf': '' }, engine: binary, db: await open(), over });
    const runs = await Promise.all(Array.from({ length: 20 }, () => world.accept('apply')));
    expect(new Set(runs).size).toBe(20);
  });

  it('keeps what the ref turned out to be', async () => {
    const { binary } = await fakeEngine();
    const world = await openRunWorld({ files: { 'main.tf': '' }, engine: binary, db: await open() });
    await git(world.source, 'tag', 'green');
    const refs = ['main', 'green', await git(world.source, 'rev-parse', 'main')];
    const kinds = [];
    for (const ref of refs)
      kinds.push((await getRun(world.deps.db, await world.accept('plan', { ref, baseBranch: 'main' })))?.refKind);
    expect(kinds).toEqual(['branch', 'tag', 'commit']);
  });

  it('makes one run of one key, however many ask at once', async () => {
    const { binary } = await fakeEngine();
    const world = await openRunWorld({ files: { 'main.tf': '' }, engine: binary, db: await open() });
    const idempotency = { key: 'k', digest: 'd' };
    const runs = await Promise.all(Array.from({ length: 10 }, () => world.accept('plan', { idempotency })));
    expect(new Set(runs).size).toBe(1);
    expect(await world.deps.db.query.selectFrom('tasks').select('id').execute()).toHaveLength(1);
  });
});
