import { describe, expect, it } from 'vitest';
import { livePull, type PullWorld, pullWorld, settingsWith } from '../../test/support/pull-domain.ts';
import type { ProjectStatus } from '../comments/index.ts';
import { PolderError } from '../lib/errors.ts';
import type { MergeResult, Pull, PullHost } from '../vcs/index.ts';
import { type MergeWish, mergeWhenApplied } from './automerge.ts';

const merging = 'Automatically merging because all plans have been successfully applied.';

type Given = {
  readonly record?: readonly ProjectStatus[];
  readonly wish?: Partial<MergeWish>;
  readonly flags?: readonly string[];
  readonly merge?: MergeResult;
  /** What the host says of it when everything is applied. */
  readonly now?: Partial<Pull>;
};

const usualWish: MergeWish = {
  live: livePull(),
  headSha: 'applied',
  baseBranch: 'main',
  automerge: { kind: 'as_configured' },
  isConfigured: true,
  deleteSourceBranch: false,
};

async function merge({
  record = ['applied'],
  wish = {},
  flags = [],
  merge: answer,
  now = {},
}: Given): Promise<PullWorld> {
  const projects = record.map((status, index) => ({ dir: `d${index}`, workspace: 'default', projectName: '', status }));
  const world = await pullWorld({ record: projects, ...(answer ? { merge: answer } : {}) });
  const pulls = { ...world.context.pulls, getPull: async () => livePull(now) };
  const context = { ...world.context, pulls };
  await mergeWhenApplied({ ...world.deps, pullSettings: settingsWith(flags) }, context, {
    ...usualWish,
    ...wish,
  });
  return world;
}

describe('mergeWhenApplied', () => {
  const rows: [string, Given, string[]][] = [
    ['merges when everything is applied', {}, ['merge applied null']],
    ['takes the method of the server', { flags: ['--automerge-method=rebase'] }, ['merge applied rebase']],
    [
      'takes the method of the comment',
      { wish: { automerge: { kind: 'method', method: 'squash' } } },
      ['merge applied squash'],
    ],
    [
      'deletes the branch where that is set',
      { wish: { deleteSourceBranch: true } },
      ['merge applied null', 'delete change'],
    ],
    ['waits for what is not applied', { record: ['applied', 'planned_no_changes'] }, []],
    ['merges nothing when nothing was applied', { record: [] }, []],
    ['does not merge unasked', { wish: { isConfigured: false } }, []],
    ['does not merge when the comment forbids it', { wish: { automerge: { kind: 'disabled' } } }, []],
    [
      'does not merge with the label that forbids it, even if it came while the apply was running',
      { flags: ['--disable-automerge-label=wait'], now: { labels: ['wait'] } },
      [],
    ],
    [
      'leaves the branch of a fork alone',
      {
        wish: { deleteSourceBranch: true, live: livePull({ headRepo: { fullName: 'bob/infra', owner: 'bob' } }) },
      },
      ['merge applied null'],
    ],
  ];
  it.each(rows)('%s', async (_name, given, expected) => {
    const { changes, comments } = await merge(given);
    expect(changes).toEqual(expected);
    expect(comments).toEqual(expected.length > 0 ? [merging] : []);
  });

  it.each([
    ['as Atlantis does on the host', 'Apply #<number>', 'Apply #7'],
    ['as the host does where Atlantis leaves it to that', null, null],
  ])('titles the merge %s', async (_, mergeTitle, expected) => {
    const world = await pullWorld({ record: [{ dir: 'a', workspace: 'default', projectName: '', status: 'applied' }] });
    const titles: (string | null)[] = [];
    const host = { ...world.context.host, capabilities: { ...world.context.host.capabilities, mergeTitle } };
    const mergePull: PullHost['mergePull'] = async (_ref, { title }) => {
      titles.push(title);
      return { kind: 'merged' };
    };
    const pulls = { ...world.context.pulls, mergePull };
    await mergeWhenApplied(
      { ...world.deps, pullSettings: settingsWith([]) },
      { ...world.context, host, pulls },
      usualWish,
    );
    expect(titles).toEqual([expected]);
  });

  it('merges no commit that came after the one that was applied', async () => {
    const { changes } = await merge({ wish: { live: livePull({ headSha: 'pushed since' }) } });
    expect(changes).toEqual(['merge applied null']);
  });

  it('merges into no other branch than the one that it was applied for', async () => {
    const { changes, comments } = await merge({ now: { baseBranch: 'production' } });
    expect(changes).toEqual([]);
    expect(comments).toEqual([
      'Automerging failed:\n```\nit was applied for the base branch "main", and is for "production" by now\n```',
    ]);
  });

  it('leaves a branch that the host does not delete', async () => {
    const world = await pullWorld({ record: [{ dir: 'a', workspace: 'default', projectName: '', status: 'applied' }] });
    const deleteBranch = async () => {
      throw new PolderError('host_refused', 'asking GitLab (deleting a branch): protected');
    };
    const context = { ...world.context, pulls: { ...world.context.pulls, deleteBranch } };
    const wish = { ...usualWish, deleteSourceBranch: true };
    await mergeWhenApplied({ ...world.deps, pullSettings: settingsWith([]) }, context, wish);
    expect(world.comments).toEqual([merging]);
  });

  it.each(['getPull', 'mergePull'] as const)(
    'calls the merge failed, and not the apply, when %s is refused',
    async (what) => {
      const world = await pullWorld({
        record: [{ dir: 'a', workspace: 'default', projectName: '', status: 'applied' }],
      });
      const refusal = new PolderError('host_refused', 'asking GitHub: Forbidden', { details: { status: 403 } });
      const context = { ...world.context, pulls: { ...world.context.pulls, [what]: () => Promise.reject(refusal) } };
      await mergeWhenApplied({ ...world.deps, pullSettings: settingsWith([]) }, context, usualWish);
      expect(world.comments).toEqual(['Automerging failed:\n```\nasking GitHub: Forbidden\n```']);
    },
  );

  it('says why the host refuses, and nothing of a merge', async () => {
    const { comments, changes } = await merge({
      merge: { kind: 'refused', message: 'merging pull request: not mergeable' },
      wish: { deleteSourceBranch: true },
    });
    expect(changes).toEqual(['merge applied null']);
    expect(comments).toEqual(['Automerging failed:\n```\nmerging pull request: not mergeable\n```']);
  });
});
