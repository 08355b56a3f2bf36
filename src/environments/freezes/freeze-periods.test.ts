import { expect, it } from 'vitest';
import { acceptApply, insertRepo } from '../../../test/support/applies.ts';
import { describeDatabases } from '../../../test/support/database.ts';
import { ensureSystemUser } from '../../access/index.ts';
import type { Db } from '../../db/index.ts';
import { addFreezePeriod, changeFreezePeriod, type FreezeTimes, removeFreezePeriod } from './freeze-periods.ts';
import { freezeRequirement } from './freeze-requirement.ts';
import { railsZones } from './rails-zones.ts';
import { countFreezePeriods, findFreezePeriod, listFreezePeriods } from './store.ts';

const weekend = { freezeStart: '0 23 * * 5', freezeEnd: '0 8 * * 1', cronTimezone: 'UTC' };

async function world(db: Db) {
  const repo = await insertRepo(db, 'acme/infra');
  const target = { repoId: repo.id, actor: await ensureSystemUser(db, 'polder', 1) };
  const add = async (times: Partial<FreezeTimes> = {}, now = 1000) => {
    const result = await addFreezePeriod(db, { ...target, times: { ...weekend, ...times }, now });
    return result.kind === 'saved' ? result.period : result;
  };
  return { db, repo, target, add };
}

describeDatabases('freeze periods', (open) => {
  it('are added, found, and listed oldest first', async () => {
    const { db, repo, add } = await world(await open());
    const first = await add({}, 2000);
    const second = await add({ cronTimezone: 'Pacific Time (US & Canada)' }, 1000);
    expect(first).toMatchObject({ ...weekend, repoId: repo.id, createdAt: 2000, updatedAt: 2000 });
    expect(await listFreezePeriods(db, repo.id)).toEqual([second, first]);
    expect(await listFreezePeriods(db, repo.id, { offset: 1, limit: 1 })).toEqual([first]);
    expect(await countFreezePeriods(db, repo.id)).toBe(2);
    expect(await findFreezePeriod(db, repo.id + 1, 'id' in first ? first.id : 0)).toBeUndefined();
  });

  it.each<[Partial<FreezeTimes>, object]>([
    [{ freezeEnd: '0 0 0 * *' }, { freeze_end: [' is invalid syntax'] }],
    [{ freezeStart: '' }, { freeze_start: [' is invalid syntax'] }],
    [{ freezeStart: '* * * * * *' }, { freeze_start: [' is invalid syntax'] }],
    [{ freezeStart: '@daily' }, { freeze_start: [' is invalid syntax'] }],
    [{ freezeStart: '0 0 31 2 *' }, { freeze_start: [' is invalid syntax'] }],
    [{ freezeStart: `${'1,'.repeat(200)}1 * * * *` }, { freeze_start: [' is invalid syntax'] }],
    [{ cronTimezone: 'Atlantis' }, { cron_timezone: ['syntax is invalid'] }],
    [{ cronTimezone: '' }, { cron_timezone: ['syntax is invalid'] }],
    [
      { freezeStart: 'a', freezeEnd: 'b', cronTimezone: 'c' },
      {
        freeze_start: [' is invalid syntax'],
        freeze_end: [' is invalid syntax'],
        cron_timezone: ['syntax is invalid'],
      },
    ],
  ])('with %j are refused', async (times, problems) => {
    const { db, repo, add } = await world(await open());
    expect(await add(times)).toEqual({ kind: 'invalid', problems });
    expect(await countFreezePeriods(db, repo.id)).toBe(0);
  });

  it('change what is said', async () => {
    const { db, repo, target, add } = await world(await open());
    const period = await add();
    if (!('id' in period)) throw new Error(JSON.stringify(period));
    const change = (times: Partial<FreezeTimes>) =>
      changeFreezePeriod(db, { ...target, id: period.id, times, now: 5000 });
    const after = { ...period, freezeEnd: '0 9 * * 1', updatedAt: 5000 };
    expect(await change({ freezeEnd: '0 9 * * 1' })).toEqual({ kind: 'saved', period: after });
    expect(await change({ freezeEnd: 'x' })).toMatchObject({ kind: 'invalid' });
    expect(await findFreezePeriod(db, repo.id, period.id)).toEqual(after);
    expect(await changeFreezePeriod(db, { ...target, id: 999, times: {}, now: 1 })).toEqual({ kind: 'not_found' });
  });

  it('go, and who did what is written down', async () => {
    const { db, target, add } = await world(await open());
    const period = await add();
    const id = 'id' in period ? period.id : 0;
    expect(await removeFreezePeriod(db, { ...target, id, now: 2000 })).toBe(true);
    expect(await removeFreezePeriod(db, { ...target, id, now: 2000 })).toBe(false);
    const events = await db.query.selectFrom('audit_events').select(['action', 'subject']).orderBy('id').execute();
    const subject = '0 23 * * 5 to 0 8 * * 1 UTC';
    expect(events).toEqual([
      { action: 'freeze.create', subject },
      { action: 'freeze.delete', subject },
    ]);
  });
});

describeDatabases('freezeRequirement', (open) => {
  it('refuses applies while a freeze lasts, and says until when', async () => {
    const { db, repo, add } = await world(await open());
    const period = await add();
    const { run, job } = await acceptApply(db, { repo, project: { name: 'a', dir: '.', workspace: 'default' } }, 1000);
    const ask = (time: string) =>
      freezeRequirement({ db, now: () => Date.parse(time) })({ run, repo, job, planJson: null });
    expect(await ask('2026-01-15T12:00:00Z')).toBeUndefined();
    const id = 'id' in period ? period.id : 0;
    expect(await ask('2026-01-17T12:00:00Z')).toEqual({
      kind: 'requirement',
      message: `Applies of acme/infra are frozen until 2026-01-19T08:00:00.000Z (freeze period ${id}: from 0 23 * * 5 to 0 8 * * 1, UTC).`,
    });
  });
});

it('knows the zone of every name that Rails has', () => {
  const unknown = [...railsZones.values()].filter((zone) => {
    try {
      return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone === '';
    } catch {
      return true;
    }
  });
  expect(unknown).toEqual([]);
  expect(railsZones.size).toBeGreaterThan(140);
});
