import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { describeDatabases, describePostgres } from '../../test/support/database.ts';
import { livePull, pullHost, settingsWith, vcsHost } from '../../test/support/pull-domain.ts';
import type { Db } from '../db/index.ts';
import { silentLog } from '../lib/log.ts';
import type { VcsEvent } from '../vcs/index.ts';
import { createIntake } from './intake.ts';

const host = vcsHost(pullHost());
const intakeOf = (db: Db) =>
  createIntake({ db, log: silentLog(), now: Date.now, isAllowed: () => true, pullSettings: settingsWith() });

function pushTo(number: number, deliveryId: string): VcsEvent {
  const of = { deliveryId, repoFullName: 'acme/infra', sender: 'ada' };
  return { kind: 'pull_updated', pull: livePull({ number }), ...of };
}

describeDatabases('an intake', (open) => {
  it('starts what the allow-list refused when it is sent again after the repository got on it, once', async () => {
    const db = await open();
    const of = { log: silentLog(), now: Date.now, pullSettings: settingsWith() };
    const before = createIntake({ db, ...of, isAllowed: () => false });
    const event: VcsEvent = {
      ...pushTo(1, 'first'),
      kind: 'pull_closed',
      pullNumber: 1,
      merged: false,
      bodyDigest: 'a',
    };
    const tasks = async () => (await db.query.selectFrom('tasks').select('kind').execute()).map(({ kind }) => kind);
    expect(await before.receive(host, event)).toMatchObject({ status: 403 });
    expect(await tasks()).toEqual([]);
    expect(await intakeOf(db).receive(host, event)).toMatchObject({ status: 200 });
    const started = await tasks();
    expect(started).not.toEqual([]);
    await intakeOf(db).receive(host, { ...event, deliveryId: 'second' });
    expect(await tasks()).toEqual(started);
  });

  it('says once that a repository is not on the allow-list', async () => {
    const db = await open();
    const of = { log: silentLog(), now: Date.now, pullSettings: settingsWith() };
    const intake = createIntake({ db, ...of, isAllowed: () => false });
    const opened: VcsEvent = { ...pushTo(1, 'first'), kind: 'pull_opened', pull: livePull({ number: 1 }) };
    await intake.receive(host, opened);
    await intake.receive(host, opened);
    expect((await db.query.selectFrom('tasks').select('id').execute()).length).toBe(1);
  });
});

describePostgres('the intakes of several servers', (open, databases) => {
  it('never wait for each other when they are told of the same pull requests in other orders', async () => {
    const url = await databases.create();
    const dbs = [await open(url), await open(url)] as const;
    const intakes = dbs.map(intakeOf);
    await intakes[0]?.receive(host, pushTo(1, 'first'));
    const numbers = Array.from({ length: 40 }, (_, index) => index + 1);
    for (let round = 0; round < 5; round += 1) {
      const orders = [numbers, numbers.toReversed()];
      await Promise.all(
        intakes.flatMap((intake, server) =>
          (orders[server] ?? []).map((number) => intake.receive(host, pushTo(number, `${round} ${server} ${number}`))),
        ),
      );
    }
    const deadlocks = sql<{ deadlocks: number }>`
      select deadlocks from pg_stat_database where datname = current_database()`;
    expect((await deadlocks.execute(dbs[0].query)).rows).toEqual([{ deadlocks: 0 }]);
    const queued = await dbs[0].query
      .selectFrom('pull_commands')
      .select('pull_id')
      .where('ended_at', 'is', null)
      .execute();
    expect(queued.length).toBe(numbers.length);
  });

  it('number the commands of a pull request in the order in which they are seen', async () => {
    const url = await databases.create();
    const [db, other] = [await open(url), await open(url)] as const;
    const of = { repoFullName: 'acme/infra', sender: 'ada', pullNumber: 7 };
    const comment = (id: string): VcsEvent => ({
      kind: 'comment',
      comment: { id, body: 'atlantis plan', author: 'ada', byBot: false },
      ...{ deliveryId: id, ...of },
    });
    await intakeOf(db).receive(host, comment('1'));
    let later: Promise<unknown> | undefined;
    const numberOf = async (id: string) => {
      const rows = await db.query.selectFrom('pull_commands').select(['id', 'work']).execute();
      return rows.find(({ work }) => (JSON.parse(work) as { commentId: string }).commentId === id)?.id;
    };
    await db.transaction(async (tx) => {
      await intakeOf(db).receiveIn(tx, host, comment('2'));
      let isTold = false;
      later = intakeOf(other)
        .receive(host, comment('3'))
        .then(() => {
          isTold = true;
        });
      for (let look = 0; look < 20; look += 1) await sql`select pg_sleep(0.01)`.execute(other.query);
      expect(isTold).toBe(false);
    });
    await later;
    expect(await numberOf('2')).toBeLessThan((await numberOf('3')) ?? 0);
  });
});
