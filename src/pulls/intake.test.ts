import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { describePostgres } from '../../test/support/database.ts';
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
