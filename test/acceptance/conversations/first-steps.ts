import type { Conversation } from '../../support/conversations/conversation.ts';
import { added, applied, cleaned, first, listed, main, planned, section, toAdd, where } from './texts.ts';

const simple = { files: { 'README.md': 'one\n' }, change: { 'main.tf': main('default') } };
const root = where('.');
const creates = '# terraform_data.simple will be created';
const inOther = where('.', 'other');
const planOther = { comment: 'atlantis plan -w other -- -var var=there' };

/** One folder, no configuration. */
export const firstSteps: readonly Conversation[] = [
  {
    name: 'a change that touches no project is passed over without a word',
    files: { 'main.tf': main('default') },
    change: { 'README.md': 'two\n' },
    steps: [{ close: true }],
    comments: [],
    statuses: {
      'atlantis/plan': 'success: 0/0 projects planned successfully.',
      'atlantis/apply': 'success: 0/0 projects applied successfully.',
    },
    locks: 0,
  },
  {
    name: 'a change is planned as it comes, and its lock goes when it is closed',
    ...simple,
    steps: [{ close: true }],
    comments: [planned(root, '-d .', creates, toAdd(), '+ var       = "default"'), cleaned(root)],
    statuses: {
      'atlantis/plan': 'success: 1/1 projects planned successfully.',
      'atlantis/plan: ./default': `success: ${toAdd()}`,
      'atlantis/apply': 'pending: 0/1 projects applied.',
      'atlantis/apply: ./default': null,
    },
    locks: 0,
  },
  {
    name: 'a plan is applied by a comment',
    ...simple,
    steps: [{ comment: 'atlantis apply' }],
    comments: [planned(root, '-d .'), applied(root, 'var = "default"', 'workspace = "default"')],
    statuses: {
      'atlantis/apply': 'success: 1/1 projects applied successfully.',
      'atlantis/apply: ./default': 'success: Apply succeeded.',
    },
    locks: 1,
  },
  {
    name: 'a plan that is asked for takes the place of the one before',
    ...simple,
    steps: [{ comment: 'atlantis plan' }, { comment: 'atlantis apply' }, { close: true }],
    comments: [planned(root, '-d .', creates), planned(root, '-d .', creates), applied(root), cleaned(root)],
    statuses: { 'atlantis/apply': 'success: 1/1 projects applied successfully.' },
    locks: 0,
  },
  {
    name: 'arguments for the engine reach it, and nothing interprets them',
    ...simple,
    steps: [{ comment: "atlantis plan -- -var 'var=$(id); `id`'" }, { comment: 'atlantis apply' }],
    comments: [
      planned(root, '-d .'),
      { has: ['+ var       = "$(id); `id`"', 'atlantis plan -d . -- -var "var=$(id); `id`"'] },
      applied(root, 'var = "$(id); `id`"'),
    ],
    locks: 1,
  },
  {
    name: 'a workspace is made when a plan names it, and each is applied by its name',
    ...simple,
    steps: [
      { comment: 'atlantis plan -- -var var=here' },
      planOther,
      { comment: 'atlantis apply -w default' },
      { comment: 'atlantis apply -w other' },
      { close: true },
    ],
    comments: [
      planned(root, '-d .'),
      { has: ['+ var       = "here"', 'atlantis plan -d . -- -var var=here\n'] },
      { has: [`Ran Plan for ${inOther}\n`, 'atlantis apply -w other\n', 'atlantis plan -w other -- -var var=there\n'] },
      applied(root, 'var = "here"', 'workspace = "default"'),
      applied(inOther, 'var = "there"', 'workspace = "other"'),
      cleaned('dir: `.` workspaces: `default`, `other`'),
    ],
    statuses: {
      'atlantis/plan: ./other': `success: ${toAdd()}`,
      'atlantis/apply: ./other': 'success: Apply succeeded.',
      'atlantis/apply': 'success: 2/2 projects applied successfully.',
    },
    locks: 0,
  },
  {
    name: 'all workspaces are applied by one comment',
    ...simple,
    steps: [planOther, { comment: 'atlantis apply' }],
    comments: [
      planned(root, '-d .'),
      { has: [`Ran Plan for ${inOther}\n`] },
      {
        has: [
          listed('Apply', root, inOther),
          first(root),
          added(),
          'workspace = "default"',
          section(2, inOther),
          added(),
          'workspace = "other"',
          '---\n### Apply Summary\n\n2 projects, 2 successful, 0 failed, 0 errored',
        ],
      },
    ],
    statuses: { 'atlantis/apply': 'success: 2/2 projects applied successfully.' },
    locks: 2,
  },
  {
    name: 'a push plans the new commit, and what was planned before cannot be applied any more',
    ...simple,
    steps: [{ push: { 'main.tf': main('newer') } }, { comment: 'atlantis apply' }],
    comments: [planned(root, '-d .', '"default"'), planned(root, '-d .', '"newer"'), applied(root, 'var = "newer"')],
    statuses: {
      'atlantis/plan': 'success: 1/1 projects planned successfully.',
      'atlantis/apply': 'success: 1/1 projects applied successfully.',
    },
    locks: 1,
  },
  {
    name: 'plans of another commit than the head are not applied, and it is said how to plan the head',
    ...simple,
    flags: { 'disable-autoplan': true },
    steps: [
      { comment: 'atlantis plan' },
      { push: { 'main.tf': main('newer') } },
      { comment: 'atlantis apply' },
      { comment: 'atlantis apply -d .' },
    ],
    comments: [
      planned(root, '-d .'),
      {
        has: [
          '**Apply Error**\n```\nplans are from commit ',
          ' but current head is ',
          '; run `atlantis plan` before apply\n',
        ],
      },
      {
        has: [
          `Ran Apply for ${root}\n\n**Apply Error**\n\`\`\`\nrecorded plan status is from commit `,
          ' but live pull request head is ',
          '; run `atlantis plan` before apply\n',
        ],
      },
    ],
    statuses: { 'atlantis/apply': 'failure: Apply failed.' },
    locks: 1,
  },
  {
    name: 'a push that leaves nothing to plan leaves nothing to apply',
    files: { 'main.tf': main('one') },
    change: { 'main.tf': main('two') },
    steps: [{ push: { 'main.tf': main('one'), 'README.md': 'two\n' } }, { comment: 'atlantis apply' }],
    comments: [planned(root, '-d .'), 'Ran Apply for 0 projects:'],
    statuses: { 'atlantis/apply': 'success: 0/0 projects applied successfully.' },
    locks: 0,
  },
  {
    name: 'a plan that fails says why, holds nothing, and cannot be applied',
    files: simple.files,
    change: { 'main.tf': 'resource "terraform_data" "x" {\n  input = var.missing\n}\n' },
    steps: [{ comment: 'atlantis apply' }],
    comments: [
      {
        has: [`Ran Plan for ${root}\n\n**Plan Error**\n`, 'Reference to undeclared input variable'],
        lacks: ['/polder'],
      },
      { has: ['**Apply Error**\n```\n', 'run `atlantis plan`'] },
    ],
    statuses: {
      'atlantis/plan': 'failure: 1/1 projects failed to plan.',
      'atlantis/plan: ./default': 'failure: Plan failed.',
      'atlantis/apply': 'failure: Apply failed.',
    },
    locks: 0,
  },
  {
    name: 'without changes there is nothing to apply',
    ...simple,
    steps: [{ comment: 'atlantis apply' }, { comment: 'atlantis plan' }, { comment: 'atlantis apply' }],
    comments: [
      planned(root, '-d .'),
      applied(root),
      { has: [`Ran Plan for ${root}\n\n\`\`\`diff\n`, 'No changes. Your infrastructure matches the configuration.'] },
      { has: [`Ran Apply for ${root}\n`, added(0)] },
    ],
    statuses: {
      'atlantis/plan: ./default': 'success: No changes. Your infrastructure matches the configuration.',
    },
    locks: 1,
  },
];
