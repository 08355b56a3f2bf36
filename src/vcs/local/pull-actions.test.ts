import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { describeDatabases } from '../../../test/support/database.ts';
import { git, makeBareRepo } from '../../../test/support/git.ts';
import { type LocalPullWorld, localPullWorld } from '../../../test/support/local-pulls.ts';
import { openLocalPull } from './open-pull.ts';
import {
  approveLocalPull,
  closeLocalPull,
  commentOnLocalPull,
  mergeForPerson,
  readyLocalPull,
  takeBackApproval,
} from './pull-actions.ts';
import { listLocalComments, listLocalPulls, readLocalPull } from './read-pulls.ts';

const fullName = 'acme/infra';
const order = { fullName, baseBranch: 'main', title: 'A change', author: 'ada', draft: false, labels: [] as string[] };

describeDatabases('local pull requests', (open) => {
  let world: LocalPullWorld;
  beforeEach(async () => {
    world = await localPullWorld(await open());
  });

  describe('openLocalPull', () => {
    it('stores the pull request, and delivers that it is there', async () => {
      const headSha = await world.push('change', { 'a.tf': '' });
      const opening = await openLocalPull(world.deps, { ...order, headBranch: 'refs/heads/change', labels: ['infra'] });
      expect(opening).toMatchObject({ kind: 'opened', pull: { number: 1, title: 'A change', state: 'open', headSha } });
      expect(world.delivered).toEqual([
        {
          kind: 'pull_opened',
          deliveryId: null,
          repoFullName: fullName,
          sender: 'ada',
          pull: {
            number: 1,
            url: 'http://polder.test/pulls/1?repo=acme/infra',
            title: 'A change',
            author: 'ada',
            headBranch: 'change',
            headSha,
            headRepo: { fullName, owner: 'acme' },
            headRef: 'refs/heads/change',
            baseBranch: 'main',
            open: true,
            merged: false,
            draft: false,
            labels: ['infra'],
          },
        },
      ]);
    });

    it('numbers them without gaps', async () => {
      await world.push('one', { 'a.tf': '' });
      await world.push('two', { 'b.tf': '' });
      const orders = ['one', 'one', 'two'].map((headBranch) => openLocalPull(world.deps, { ...order, headBranch }));
      const openings = await Promise.all(orders);
      expect(openings.filter(({ kind }) => kind === 'refused')).toMatchObject([{ reason: 'conflict' }]);
      const pulls = await listLocalPulls(world.deps.db, { fullName });
      expect(pulls.map(({ number }) => number)).toEqual([2, 1]);
    });

    it('takes its title from the newest commit', async () => {
      await world.push('change', { 'a.tf': '' }, 'Add a bucket\n\nFor logs.');
      expect(await openLocalPull(world.deps, { ...order, headBranch: 'change', title: null })).toMatchObject({
        pull: { title: 'Add a bucket' },
      });
    });

    it('goes to what HEAD of a bare repository names', async () => {
      await world.push('trunk', { 'a.tf': '' });
      await world.push('change', { 'b.tf': '' });
      const bare = join(world.deps.reposDir, 'acme/bare.git');
      await makeBareRepo(bare, world.dir);
      await git(bare, 'symbolic-ref', 'HEAD', 'refs/heads/trunk');
      const bareOrder = { ...order, fullName: 'acme/bare', headBranch: 'change', baseBranch: null };
      expect(await openLocalPull(world.deps, bareOrder)).toMatchObject({ pull: { baseBranch: 'trunk' } });
    });

    it.each([
      [{ headBranch: 'nope' }, 'not_found', 'the repository has no branch "nope"'],
      [{ headBranch: '--upload-pack=x' }, 'not_found', 'the repository has no branch "--upload-pack=x"'],
      [{ headBranch: 'change', baseBranch: 'a..b' }, 'not_found', 'the repository has no branch "a..b"'],
      [{ headBranch: 'main' }, 'invalid', 'main cannot be merged into itself'],
      [{ headBranch: 'change', fullName: 'acme/nope' }, 'not_found', 'local has no repository "acme/nope"'],
    ])('refuses %j', async (changed, reason, message) => {
      await world.push('change', { 'a.tf': '' });
      expect(await openLocalPull(world.deps, { ...order, ...changed })).toEqual({ kind: 'refused', reason, message });
      expect(world.delivered).toEqual([]);
    });

    it('stores nothing when the delivery cannot be stored', async () => {
      await world.push('change', { 'a.tf': '' });
      const deliver = () => Promise.reject(new Error('the queue is full'));
      await expect(openLocalPull({ ...world.deps, deliver }, { ...order, headBranch: 'change' })).rejects.toThrow(
        'the queue is full',
      );
      expect(await listLocalPulls(world.deps.db, {})).toEqual([]);
    });
  });

  it('stores a comment, and delivers it', async () => {
    const number = await world.open('change');
    const body = 'atlantis plan\n\0';
    const result = await commentOnLocalPull(world.deps, { fullName, number }, { author: 'bob', body });
    const comments = await listLocalComments(world.deps.db, { fullName, number }, {});
    expect(comments).toMatchObject([{ author: 'bob', body: 'atlantis plan\n\ufffd', hidden: false }]);
    expect(result).toMatchObject({ kind: 'commented', comment: { id: comments?.[0]?.id } });
    expect(world.delivered.at(-1)).toEqual({
      kind: 'comment',
      deliveryId: null,
      repoFullName: fullName,
      sender: 'bob',
      pullNumber: number,
      comment: { id: String(comments?.[0]?.id), body: 'atlantis plan\n\ufffd', author: 'bob', byBot: false },
    });
  });

  it('closes once', async () => {
    const number = await world.open('change');
    const close = () => closeLocalPull(world.deps, { fullName, number }, 'bob');
    expect([await close(), await close()]).toMatchObject([
      { event: { kind: 'pull_closed', merged: false } },
      { event: null },
    ]);
    expect(await world.pulls.getPull({ fullName, number })).toMatchObject({ open: false, merged: false });
    expect(await mergeForPerson(world.deps, { fullName, number }, mergeBy('bob'))).toMatchObject({
      reason: 'conflict',
    });
  });

  it('is as if it were opened when a draft becomes ready', async () => {
    await world.push('change', { 'a.tf': '' });
    await openLocalPull(world.deps, { ...order, headBranch: 'change', draft: true });
    const ref = { fullName, number: 1 };
    expect(await world.pulls.getMergeability(ref, () => false)).toEqual({ mergeable: false, reason: 'PR is a draft' });
    await readyLocalPull(world.deps, ref, 'ada');
    await readyLocalPull(world.deps, ref, 'ada');
    expect(world.delivered).toMatchObject([
      { kind: 'pull_opened', pull: { draft: true } },
      { kind: 'pull_opened', pull: { draft: false } },
    ]);
  });

  describe('approveLocalPull', () => {
    const approve = (number: number, sha: string | null = null) =>
      approveLocalPull(world.deps, { fullName, number }, { by: 'bob', sha });

    it('approves the commit that the branch is at', async () => {
      const number = await world.open('change');
      expect(await approve(number)).toMatchObject({ kind: 'approved' });
      expect(await approve(number)).toMatchObject({ kind: 'approved' });
      expect(await readLocalPull(world.deps, { fullName, number })).toMatchObject({ approvedBy: ['bob'] });
      await world.push('change', { 'b.tf': '' });
      expect(await world.pulls.getApproval({ fullName, number })).toEqual({ approved: false, by: [] });
    });

    it('does not approve what was not looked at', async () => {
      const number = await world.open('change');
      expect(await approve(number, 'f'.repeat(40))).toMatchObject({ kind: 'refused', reason: 'conflict' });
      expect((await world.pulls.getApproval({ fullName, number })).approved).toBe(false);
    });

    it('can be taken back', async () => {
      const number = await world.open('change');
      await approve(number);
      await takeBackApproval(world.deps, { fullName, number }, 'bob');
      expect((await world.pulls.getApproval({ fullName, number })).approved).toBe(false);
    });
  });

  it.each([
    [
      'commenting',
      (number: number) => commentOnLocalPull(world.deps, { fullName, number }, { author: 'a', body: 'b' }),
    ],
    ['closing', (number: number) => closeLocalPull(world.deps, { fullName, number }, 'a')],
    ['approving', (number: number) => approveLocalPull(world.deps, { fullName, number }, { by: 'a', sha: null })],
    ['merging', (number: number) => mergeForPerson(world.deps, { fullName, number }, mergeBy('a'))],
  ])('refuses %s one that is not there', async (_, act) => {
    expect(await act(7)).toEqual({ kind: 'refused', reason: 'not_found', message: 'acme/infra has no pull request 7' });
  });

  it('can be read when its repository is gone', async () => {
    const number = await world.open('change');
    await rename(world.dir, `${world.dir}-away`);
    expect(await readLocalPull(world.deps, { fullName, number })).toMatchObject({
      pull: { state: 'open' },
      mergeProblem: 'PR has no repository any more',
    });
    await expect(world.pulls.getPull({ fullName, number })).rejects.toMatchObject({ code: 'host_refused' });
  });

  it('can be closed when its repository is gone', async () => {
    const number = await world.open('change');
    const { headSha } = (await world.pulls.getPull({ fullName, number })) ?? {};
    await rename(world.dir, `${world.dir}-away`);
    expect(await closeLocalPull(world.deps, { fullName, number }, 'bob')).toMatchObject({
      event: { kind: 'pull_closed', merged: false },
    });
    expect(await world.pulls.getPull({ fullName, number })).toMatchObject({ open: false, headSha });
  });

  it('counts failing statuses, but not those it is told to pass over', async () => {
    const number = await world.open('change');
    const pull = { fullName, number };
    const headSha = (await world.pulls.getPull(pull))?.headSha ?? '';
    const status = { state: 'failure', description: '', targetUrl: null } as const;
    await world.pulls.setStatus({ ...pull, headSha }, { ...status, context: 'ci' });
    const reason = 'PR has failing statuses: ci';
    expect(await world.pulls.getMergeability(pull, () => false)).toEqual({ mergeable: false, reason });
    expect(await world.pulls.getMergeability(pull, (context) => context === 'ci')).toEqual({ mergeable: true });
  });
});

function mergeBy(by: string) {
  return { headSha: null, method: null, title: null, by };
}
