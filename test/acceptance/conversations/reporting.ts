import type { Conversation } from '../../support/conversations/conversation.ts';
import { listed, main, planned, resource, toAdd, where } from './texts.ts';

const root = where('.');
const files = { 'README.md': 'one\n' };
const long = `resource "terraform_data" "x" {
  input = [for i in range(1000) : "line \${i} ${'of a plan that does not fit '.repeat(4)}"]
}
`;

/** How results are written. */
export const reporting: readonly Conversation[] = [
  {
    name: 'what an earlier plan said is hidden',
    files,
    change: { 'main.tf': main('one') },
    flags: { 'hide-prev-plan-comments': true },
    steps: [{ comment: 'atlantis help' }, { push: { 'main.tf': main('two') } }],
    comments: [{ has: ['```cmake\natlantis\n'] }, planned(root, '-d .', '"two"')],
    locks: 1,
  },
  {
    name: 'what an earlier plan said is hidden by one that gets no comment',
    files,
    rule: { allowed_overrides: ['silence_pr_comments'] },
    change: { 'main.tf': main('one') },
    flags: { 'hide-prev-plan-comments': true },
    steps: [{ push: { 'atlantis.yaml': 'version: 3\nprojects:\n- { dir: ., silence_pr_comments: [plan] }\n' } }],
    comments: [],
    locks: 1,
  },
  {
    name: 'of earlier plans only those of the folder that is planned are hidden',
    files,
    change: { 'app/main.tf': resource, 'app2/main.tf': resource },
    flags: { 'hide-prev-plan-comments': true, 'disable-autoplan': true },
    steps: [
      { comment: 'atlantis plan -d app' },
      { comment: 'atlantis plan -d app2' },
      { comment: 'atlantis plan -d app' },
    ],
    comments: [planned(where('app2'), '-d app2'), planned(where('app'), '-d app')],
    locks: 2,
  },
  {
    name: 'what is too long for one comment goes on in the next',
    hosts: ['GitHub', 'local repositories'],
    files,
    change: { 'main.tf': long },
    steps: [],
    comments: [
      {
        has: [
          `Ran Plan for ${root}\n\n<details><summary>Show Output</summary>\n\n\`\`\`diff\n`,
          '"line 0 of',
          '\n```\n</details>\n\n<br>\n\n**Warning**: Output length greater than max comment size. Continued in next comment.',
        ],
      },
      { has: ['Continued plan output from previous comment.\n<details><summary>Show Output</summary>', '"line '] },
      { has: ['Continued plan output from previous comment.', '"line 999 of', toAdd()] },
    ],
    locks: 1,
  },
  {
    name: 'of a plan too long for the comments that are allowed the end is kept',
    hosts: ['local repositories', 'GitHub'],
    files,
    change: { 'main.tf': long },
    flags: { 'max-comments-per-command': '1' },
    steps: [],
    comments: [
      {
        has: [
          '> [!WARNING]\n> **Warning**: Command output is larger than the maximum number of comments per command. Output truncated.\n',
          '"line 999 of',
          toAdd(),
        ],
        lacks: ['"line 0 of'],
      },
    ],
    locks: 1,
  },
  {
    name: 'outputs are not folded, and markers stand in front, where the server says so',
    files: { 'main.tf': main('one') },
    change: { 'main.tf': `${main('one')}resource "terraform_data" "more" {}\n` },
    flags: { 'disable-markdown-folding': true, 'enable-diff-markdown-format': true, 'vcs-status-name': 'infra' },
    steps: [],
    comments: [
      { has: [`Ran Plan for ${root}\n\n\`\`\`diff\n`, '\n+       id = (known after apply)'], lacks: ['<details>'] },
    ],
    statuses: { 'infra/plan': 'success: 1/1 projects planned successfully.', 'atlantis/plan': null },
    locks: 1,
  },
  {
    name: 'plans without changes are left out where the server says so',
    files,
    change: { 'a/main.tf': resource, 'b/main.tf': 'locals {}\n' },
    flags: { 'hide-unchanged-plan-comments': true },
    steps: [],
    comments: [
      {
        has: [
          listed('Plan', where('a'), where('b')),
          '### 1. dir: `a`',
          '2 projects, 1 with changes, 1 with no changes, 0 failed',
        ],
        lacks: ['### 2.'],
      },
    ],
    statuses: { 'atlantis/plan': 'success: 2/2 projects planned successfully.' },
    locks: 2,
  },
  {
    name: 'a project may be left out of comments',
    files: {
      'atlantis.yaml': 'version: 3\nprojects:\n- { dir: a, silence_pr_comments: [plan] }\n- { dir: b }\n',
    },
    change: { 'a/main.tf': resource, 'b/main.tf': resource },
    rule: { allowed_overrides: ['silence_pr_comments'] },
    steps: [{ comment: 'atlantis plan -d a' }, { comment: 'atlantis apply -d a' }],
    comments: [{ has: [`Ran Plan for ${where('b')}`], lacks: ['`a`'] }, { has: [`Ran Apply for ${where('a')}`] }],
    statuses: { 'atlantis/plan: a/default': `success: ${toAdd()}`, 'atlantis/apply': 'pending: 1/2 projects applied.' },
    locks: 2,
  },
];
