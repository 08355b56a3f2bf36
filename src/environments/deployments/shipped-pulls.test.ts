import { describe, expect, it } from 'vitest';
import { insertRepo } from '../../../test/support/applies.ts';
import { describeDatabases } from '../../../test/support/database.ts';
import { callerOf, report } from '../../../test/support/deployments.ts';
import { mergedPull, shippedPulls } from './shipped-pulls.ts';

describe('mergedPull', () => {
  it.each<[string, string, number | undefined]>([
    ['a merge of GitHub', 'Merge pull request #12 from octo/topic\n\nTitle\n', 12],
    ['a squash of GitHub', 'Add a network (#345)\n\n* one\n', 345],
    ['a merge of Gitea', "Merge pull request 'Add a network' (#7) from topic into main\n\nReviewed-on: x\n", 7],
    ['a merge of GitLab', "Merge branch 'topic' into 'main'\n\nTitle\n\nSee merge request acme/infra!9\n", 9],
    ['a merge of Bitbucket Cloud', 'Merged in topic (pull request #3)\n\nTitle\n', 3],
    ['a merge of Bitbucket Data Center', 'Pull request #4: Title\n\nMerge in ACME/infra from topic\n', 4],
    ['a merge of Azure DevOps', 'Merged PR 5: Title\n', 5],
    ['a commit that fixes something', 'Fix #12\n', undefined],
    ['a commit that names one in its body', 'Fix it\n\nSince (#12)\n', undefined],
    ['a revert', 'Revert "Add a network (#345)"\n', undefined],
    ['no number at all', 'Merge pull request #99999999999 from a/b', undefined],
  ])('reads %s', (_what, message, number) => {
    expect(mergedPull(message)).toBe(number);
  });
});

describeDatabases('shippedPulls', (open) => {
  it('names what was merged since the success before it', async () => {
    const db = await open();
    const repo = await insertRepo(db, 'acme/infra');
    const by = await callerOf(db, 'mona', 'maintainer');
    const shas = ['1', '2', '3', '4'].map((digit) => digit.repeat(40));
    const asked: unknown[] = [];
    const messagesSince = async (_repo: unknown, commits: unknown) => {
      asked.push(commits);
      return ['Add a (#3)\n', 'Fix\n', 'Add b (#8)\n', 'Add a again (#3)\n'];
    };
    const shipped = async (sha = '', status: 'success' | 'failed' = 'success') => {
      const deployment = await report(db, { repo, by, sha, status, now: 1000 + Number(sha[0]) });
      return shippedPulls({ db, revisions: { messagesSince } }, repo, deployment);
    };
    expect(await shipped(shas[0])).toEqual({ own: null, merged: [] });
    expect(await shipped(shas[1], 'failed')).toEqual({ own: null, merged: [] });
    expect(asked).toEqual([]);
    expect(await shipped(shas[2])).toEqual({ own: null, merged: [8, 3] });
    await report(db, { repo, by, environment: 'staging', sha: shas[3] ?? '', now: 2000 });
    expect(await shipped(shas[3])).toEqual({ own: null, merged: [8, 3] });
    expect(asked).toEqual([
      { base: shas[0], head: shas[2] },
      { base: shas[2], head: shas[3] },
    ]);
  });
});
