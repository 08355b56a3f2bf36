import type { Conversation } from '../../support/conversations/conversation.ts';
import { applied, cleaned, listed, resource, where } from './texts.ts';

const [a, b] = [where('a'), where('b')];
const files = { 'atlantis.yaml': 'version: 3\nautomerge: true\nprojects:\n- dir: a\n- dir: b\n' };
const change = { 'a/main.tf': resource, 'b/main.tf': resource };
const bothPlanned = { has: [listed('Plan', a, b), '2 projects, 2 with changes, 0 with no changes, 0 failed'] };
const merging = 'Automatically merging because all plans have been successfully applied.';
const applyBoth = [{ comment: 'atlantis apply -d a' }, { comment: 'atlantis apply -d b' }];

/** Pull requests that are merged when all is applied. */
export const automerge: readonly Conversation[] = [
  {
    name: 'it is merged after the last apply, and its locks go',
    files,
    change,
    steps: applyBoth,
    comments: [bothPlanned, applied(a), applied(b), merging, cleaned(a, b)],
    statuses: { 'atlantis/apply': 'success: 2/2 projects applied successfully.' },
    merged: true,
    locks: 0,
  },
  {
    name: 'one plan that fails takes the others with it where all is to be merged',
    files,
    change: { ...change, 'b/main.tf': 'nonsense\n' },
    steps: [{ comment: 'atlantis apply' }],
    comments: [
      {
        has: [
          listed('Plan', a, b),
          'This plan was not saved because one or more projects failed and automerge requires all plans pass.',
          '**Plan Error**',
          '2 projects, 1 with changes, 0 with no changes, 1 failed',
        ],
        lacks: [':fast_forward:', 'atlantis apply'],
      },
      { has: ['**Apply Error**\n```\n'] },
    ],
    statuses: {
      'atlantis/plan': 'failure: 1/2 projects failed to plan.',
      'atlantis/plan: b/default': 'failure: Plan failed.',
    },
    locks: 1,
  },
  {
    name: 'a label keeps it from being merged',
    files,
    change,
    opened: { labels: ['stay'] },
    flags: { 'disable-automerge-label': 'stay' },
    steps: [{ comment: 'atlantis apply' }],
    comments: [bothPlanned, { has: ['2 projects, 2 successful, 0 failed, 0 errored'] }],
    locks: 2,
  },
  {
    name: 'a comment keeps it from being merged',
    files,
    change,
    steps: [{ comment: 'atlantis apply --auto-merge-disabled' }],
    comments: [bothPlanned, { has: ['2 projects, 2 successful, 0 failed, 0 errored'] }],
    locks: 2,
  },
  {
    name: 'it is merged by the method that the comment names',
    hosts: ['GitHub'],
    files,
    change,
    steps: [{ comment: 'atlantis apply --auto-merge-method squash' }],
    comments: [bothPlanned, { has: ['2 projects, 2 successful'] }, merging, cleaned(a, b)],
    merged: true,
    locks: 0,
  },
  {
    name: 'a method cannot be named where the host does not know any',
    hosts: ['GitLab'],
    files,
    change,
    steps: [{ comment: 'atlantis apply --auto-merge-method squash' }],
    comments: [
      bothPlanned,
      { has: ['```\nError: --auto-merge-method is not currently implemented for Gitlab.\nUsage of apply:'] },
    ],
    locks: 2,
  },
  {
    name: 'a merge that the host refuses is told, and everything stays as it is until somebody asks again',
    hosts: ['GitHub', 'GitLab', 'Gitea'],
    files,
    change,
    steps: [
      { comment: 'atlantis apply -d a' },
      { block: true },
      { comment: 'atlantis apply -d b' },
      { comment: 'atlantis apply --auto-merge-disabled' },
      { block: false },
      { comment: 'atlantis apply' },
    ],
    comments: [
      bothPlanned,
      applied(a),
      applied(b),
      { has: ['Automerging failed:\n```\n'] },
      'Ran Apply for 0 projects:',
      'Ran Apply for 0 projects:',
      merging,
      cleaned(a, b),
    ],
    merged: true,
    locks: 0,
  },
  {
    name: 'a plan without changes is up to date, and is merged once it is applied all the same',
    files,
    change: { 'a/main.tf': 'locals {}\n' },
    steps: [{ comment: 'atlantis apply' }],
    comments: [{ has: [`Ran Plan for ${a}`, 'No changes.'] }, { has: [`Ran Apply for ${a}`] }, merging, cleaned(a)],
    merged: true,
    locks: 0,
  },
];
