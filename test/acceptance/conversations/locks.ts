import type { Conversation } from '../../support/conversations/conversation.ts';
import { applied, cleaned, failed, main, planned, where } from './texts.ts';

const root = where('.');
const files = { 'README.md': 'one\n' };
const change = { 'main.tf': main('one') };
const other = [{ push: { 'main.tf': main('two') }, on: 'other' }, { open: 'other' }] as const;
const mine = planned(root, '-d .');
const lockedBy = `This project is currently locked by an unapplied plan from pull #1. To continue, delete the lock from #1 or apply that plan and merge the pull request.

Once the lock is released, comment \`atlantis plan\` here to re-plan.`;
const unlocked = 'All Atlantis locks for this PR have been unlocked and plans discarded';

/** Two pull requests that want the same project. */
export const locks: readonly Conversation[] = [
  {
    name: 'the second pull request waits until the first is closed',
    files,
    change,
    steps: [...other, { close: true }, { comment: 'atlantis plan', on: 2 }],
    comments: [mine, cleaned(root)],
    commentsOn2: [failed('Plan', root, lockedBy), mine],
    locks: 1,
  },
  {
    name: 'the second pull request is told when the first has applied',
    files,
    change,
    steps: [{ comment: 'atlantis apply' }, ...other],
    comments: [mine, applied(root)],
    commentsOn2: [{ has: [`Ran Plan for ${root}\n\n**Plan Failed**: `, '#1'], lacks: ['unapplied plan'] }],
    locks: 1,
  },
  {
    name: 'where applies take the lock, both are planned and one is applied',
    files,
    change,
    rule: { repo_locks: { mode: 'on_apply' } },
    steps: [...other, { comment: 'atlantis apply' }, { comment: 'atlantis apply', on: 2 }],
    comments: [{ has: [`Ran Plan for ${root}`, '"one"'], lacks: ['lock?id='] }, applied(root)],
    commentsOn2: [
      { has: [`Ran Plan for ${root}`, '"two"'], lacks: ['lock?id='] },
      { has: [`Ran Apply for ${root}\n\n**Apply Failed**: `, '#1'] },
    ],
    locks: 1,
  },
  {
    name: 'without locks both are planned',
    files,
    change,
    rule: { repo_locks: { mode: 'disabled' } },
    steps: [...other],
    comments: [{ has: [`Ran Plan for ${root}`], lacks: ['lock?id='] }],
    commentsOn2: [{ has: [`Ran Plan for ${root}`], lacks: ['lock?id='] }],
    locks: 0,
  },
  {
    name: 'a server that takes no locks plans both',
    files,
    change,
    flags: { 'disable-repo-locking': true },
    steps: [...other],
    comments: [{ has: [`Ran Plan for ${root}`], lacks: ['lock?id='] }],
    commentsOn2: [{ has: [`Ran Plan for ${root}`], lacks: ['lock?id='] }],
    locks: 0,
  },
  {
    name: 'what was applied stays locked when a push takes it out of the pull request again',
    files,
    change: { 'a/main.tf': main('one'), 'b/main.tf': main('one') },
    steps: [
      { comment: 'atlantis apply -d a' },
      { push: { 'c/main.tf': main('one') }, removed: ['a', 'b'] },
      { push: { 'a/main.tf': main('two') }, on: 'other' },
      { open: 'other' },
    ],
    comments: [{ has: ['Ran Plan for 2 projects:'] }, applied(where('a')), planned(where('c'), '-d c')],
    commentsOn2: [{ has: [`Ran Plan for ${where('a')}\n\n**Plan Failed**: `, '#1, which has applied its plan'] }],
    locks: 2,
  },
  {
    name: 'unlock discards plans, so that nothing can be applied',
    files,
    change,
    steps: [{ comment: 'atlantis unlock' }, { comment: 'atlantis apply' }, ...other],
    comments: [
      mine,
      unlocked,
      '**Apply Error**\n```\nthe plans of this pull request were discarded; run `atlantis plan` before apply\n```',
    ],
    commentsOn2: [mine],
    statuses: { 'atlantis/plan': 'pending: 0/1 projects planned.' },
    locks: 1,
  },
  {
    name: 'unlock is forbidden by a label',
    files,
    change,
    opened: { labels: ['keep'] },
    flags: { 'disable-unlock-label': 'keep' },
    steps: [{ comment: 'atlantis unlock' }],
    comments: [mine, 'Not allowed to unlock PR with keep label'],
    locks: 1,
  },
  {
    name: 'a lock that is deleted on its page takes the plan with it',
    files,
    change,
    steps: [{ deleteLock: './default/' }, { comment: 'atlantis plan' }],
    comments: [
      mine,
      '**Warning**: The plan for dir: `.` workspace: `default` was **discarded** via the Atlantis UI.\n\nTo `apply` this plan you must run `plan` again.',
      mine,
    ],
    statuses: { 'atlantis/plan': 'success: 1/1 projects planned successfully.' },
    locks: 1,
  },
];
