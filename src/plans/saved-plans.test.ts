import { expect, it } from 'vitest';
import { acceptApply, insertRepo } from '../../test/support/applies.ts';
import { describeDatabases } from '../../test/support/database.ts';
import type { Db } from '../db/index.ts';
import type { Repo } from '../repos/index.ts';
import {
  discardPlans,
  dropOldPlans,
  dropPlan,
  dropPlansOfJob,
  hasLivePlans,
  keepPlanJson,
  keptPlanJson,
  livePlansOfPull,
  loadPlan,
  type NewPlan,
  type PlanBasis,
  savePlan,
} from './index.ts';

const basis: PlanBasis = { commitSha: 'c'.repeat(40), configDigest: 'd' };
const content = Buffer.from([0, 1, 2, 250]);

/** A job, and what saves plans for it. */
async function openJob(db: Db, repo?: Repo) {
  const home = repo ?? (await insertRepo(db, 'acme/infra'));
  const dir = repo ? 'another' : '.';
  const { job } = await acceptApply(db, { repo: home, project: { name: '', dir, workspace: 'default' } }, 1000);
  const save = (over: Partial<NewPlan> = {}, now = 1000) =>
    db.transaction((tx) =>
      savePlan(
        tx,
        {
          ...basis,
          jobId: job.id,
          repoId: home.id,
          dir,
          workspace: 'default',
          projectName: '',
          pullNumber: null,
          engine: 'terraform',
          engineVersion: '1.11.4',
          content,
          lockFile: null,
          keepFile: true,
          ...over,
        },
        now,
      ),
    );
  return { repo: home, job, save };
}

describeDatabases('loadPlan', (open) => {
  it('gives the file of a plan that is whole and made from the same', async () => {
    const db = await open();
    const { save } = await openJob(db);
    const loaded = await loadPlan(db, await save(), basis);
    expect(loaded.kind === 'valid' && [...loaded.content]).toEqual([...content]);
  });

  it.each([
    ['another commit', { ...basis, commitSha: 'e'.repeat(40) }, /^it was made at commit c{40}, not e{40}$/],
    [
      'another configuration',
      { ...basis, configDigest: 'x' },
      /^the configuration of the project or the engine changed/,
    ],
  ])('says why a plan of %s is not applied', async (_, ...[wanted, reason]) => {
    const db = await open();
    const { save } = await openJob(db);
    const loaded = await loadPlan(db, await save(), wanted);
    expect(loaded.kind === 'invalid' && loaded.reason).toMatch(reason);
  });

  it('knows a file that was changed', async () => {
    const db = await open();
    const { save } = await openJob(db);
    const planId = await save();
    await db.query
      .updateTable('plan_files')
      .set({ content: Buffer.from('other') })
      .execute();
    const reason = 'its file is not the one that was planned (the digest differs)';
    expect(await loadPlan(db, planId, basis)).toEqual({ kind: 'invalid', reason });
  });

  it.each([
    ['never was kept', { keepFile: false }, ' (planned only)'],
    ['is unknown', undefined, ''],
  ])('says that a file %s', async (_, over, why) => {
    const db = await open();
    const { save } = await openJob(db);
    const planId = over ? await save(over) : 99;
    expect(await loadPlan(db, planId, basis)).toEqual({
      kind: 'invalid',
      reason: `its file is not kept any more${why}`,
    });
  });
});

describeDatabases('dropPlansOfJob', (open) => {
  it('lets go of the files of that job alone, and keeps their records', async () => {
    const db = await open();
    const one = await openJob(db);
    const other = await openJob(db, one.repo);
    const plans = [await one.save(), await one.save(), await other.save()];
    await db.transaction((tx) => dropPlansOfJob(tx, one.job.id, { reason: 'its run ended', now: 2000 }));
    const kinds = await Promise.all(plans.map(async (planId) => (await loadPlan(db, planId, basis)).kind));
    expect(kinds).toEqual(['invalid', 'invalid', 'valid']);
    const records = await db.query.selectFrom('plans').select(['dropped_at', 'drop_reason']).orderBy('id').execute();
    expect(records.map((row) => [row.dropped_at, row.drop_reason])).toEqual([
      [2000, 'its run ended'],
      [2000, 'its run ended'],
      [null, null],
    ]);
  });
});

describeDatabases('the plans of a pull request', (open) => {
  async function plansOf(db: Db) {
    const one = await openJob(db);
    const { id: repoId } = one.repo;
    const live = async (pullNumber: number) =>
      (await livePlansOfPull(db, { repoId, pullNumber })).map((plan) => plan.planId);
    return { one, repoId, live };
  }

  it('are one for each project: a later one takes its place', async () => {
    const db = await open();
    const { one, live } = await plansOf(db);
    const first = await one.save({ pullNumber: 7 });
    const other = await one.save({ pullNumber: 7, workspace: 'eu' });
    const second = await one.save({ pullNumber: 7 }, 2000);
    expect(await live(7)).toEqual([other, second]);
    const reason = 'its file is not kept any more (planned again)';
    expect(await loadPlan(db, first, basis)).toEqual({ kind: 'invalid', reason });
  });

  it('are not those of another one, or of none', async () => {
    const db = await open();
    const { one, live } = await plansOf(db);
    await one.save();
    const [seven, eight] = [await one.save({ pullNumber: 7 }), await one.save({ pullNumber: 8 })];
    expect([await live(7), await live(8), await live(9)]).toEqual([[seven], [eight], []]);
  });

  it('are let go of all together, or those of one project alone', async () => {
    const db = await open();
    const { one, repoId, live } = await plansOf(db);
    const pull = { repoId, pullNumber: 7 };
    const plans = [
      await one.save(pull),
      await one.save({ ...pull, projectName: 'a' }),
      await one.save({ pullNumber: 8 }),
    ];
    const discard = { reason: 'closed', now: 3000 };
    const project = { name: 'a', dir: '.', workspace: 'default' };
    expect(await db.transaction((tx) => discardPlans(tx, { ...pull, project }, discard))).toBe(1);
    expect(await live(7)).toEqual([plans[0]]);
    expect(await db.transaction((tx) => discardPlans(tx, pull, discard))).toBe(1);
    expect(await db.transaction((tx) => discardPlans(tx, pull, discard))).toBe(0);
    expect([await live(7), await live(8)]).toEqual([[], [plans[2]]]);
  });

  it('are looked for by commit and workspace', async () => {
    const db = await open();
    const { one, repoId } = await plansOf(db);
    const planId = await one.save({ pullNumber: 7 });
    const place = { repoId, pullNumber: 7, commitSha: basis.commitSha, workspace: 'default' };
    const elsewhere = [{ commitSha: 'f'.repeat(40) }, { workspace: 'eu' }, { pullNumber: 8 }, { repoId: repoId + 1 }];
    expect(await hasLivePlans(db, place)).toBe(true);
    expect(await Promise.all(elsewhere.map((over) => hasLivePlans(db, { ...place, ...over })))).toEqual(
      elsewhere.map(() => false),
    );
    await db.transaction((tx) => dropPlan(tx, planId, { reason: 'applied', now: 2000 }));
    expect(await hasLivePlans(db, place)).toBe(false);
  });
});

describeDatabases('dropOldPlans', (open) => {
  it('lets go of the files of plans from before a time', async () => {
    const db = await open();
    const { save } = await openJob(db);
    const [old, recent] = [await save({}, 1000), await save({}, 3000)];
    expect(await db.transaction((tx) => dropOldPlans(tx, 2000, 9000))).toBe(1);
    expect(await db.transaction((tx) => dropOldPlans(tx, 2000, 9000))).toBe(0);
    expect((await loadPlan(db, old, basis)).kind).toBe('invalid');
    expect((await loadPlan(db, recent, basis)).kind).toBe('valid');
  });
});

describeDatabases('dropOldPlans, once the files are gone', (open) => {
  it('lets go of what plans from before a time said, and keeps their records', async () => {
    const db = await open();
    const { save } = await openJob(db);
    const [old, dropped, recent] = [await save({ lockFile: 'lock' }), await save(), await save({}, 3000)];
    for (const planId of [old, dropped, recent]) await keepPlanJson(db, planId, '{}');
    await db.transaction((tx) => dropPlan(tx, dropped, { reason: 'applied', now: 1500 }));
    while ((await db.transaction((tx) => dropOldPlans(tx, 2000, 9000))) > 0);
    const records = db.query.selectFrom('plans').select(['show_json', 'lock_file', 'drop_reason']).orderBy('id');
    expect(await records.execute()).toEqual([
      { show_json: null, lock_file: null, drop_reason: 'older than the retention time' },
      { show_json: null, lock_file: null, drop_reason: 'applied' },
      { show_json: '{}', lock_file: null, drop_reason: null },
    ]);
  });
});

describeDatabases('keepPlanJson', (open) => {
  it('keeps what a plan tells as JSON', async () => {
    const db = await open();
    const { save } = await openJob(db);
    const planId = await save();
    expect(await keptPlanJson(db, planId)).toBeUndefined();
    await keepPlanJson(db, planId, '{}');
    expect(await keptPlanJson(db, planId)).toBe('{}');
  });
});
