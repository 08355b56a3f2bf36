import { expect, it } from 'vitest';
import { insertRepo } from '../../../test/support/applies.ts';
import { describeDatabases } from '../../../test/support/database.ts';
import type { CommitInfo } from '../../git/index.ts';
import { keepCommits } from './keep-commits.ts';

const person = { name: 'Ann', email: 'ann@example.com', date: '2016-08-11T09:36:01+02:00' };
const commitOf = (sha: string): CommitInfo => ({
  ...{ sha, parents: [], message: 'Change\n' },
  ...{ author: person, committer: person },
});
const [one, two, missing] = ['1', '2', '3'].map((digit) => digit.repeat(40)) as [string, string, string];

describeDatabases('keepCommits', (open) => {
  it('asks git once for each commit, and the database after a restart', async () => {
    const db = await open();
    const { id } = await insertRepo(db, 'acme/infra');
    const asked: string[][] = [];
    const reader = {
      read: async (_repoId: number, shas: readonly string[]) => {
        asked.push([...shas]);
        return new Map(shas.filter((sha) => sha !== missing).map((sha) => [sha, commitOf(sha)]));
      },
    };
    const start = () => keepCommits({ db, now: () => 1000 }, reader);
    const first = start();
    expect(await first.read(id, [one, missing, one])).toEqual(new Map([[one, commitOf(one)]]));
    expect([...(await first.read(id, [one, two, missing])).keys()]).toEqual([one, two]);
    const second = start();
    expect(await second.read(id, [two, one])).toEqual(
      new Map([
        [one, commitOf(one)],
        [two, commitOf(two)],
      ]),
    );
    expect(asked).toEqual([[one, missing], [two]]);
  });
});
