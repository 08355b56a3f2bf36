import type { Conversation } from '../../support/conversations/conversation.ts';
import { applied, failed, listed, main, planned, resource, where } from './texts.ts';

const root = where('.');
const change = { 'main.tf': main('one') };
const files = { 'README.md': 'one\n' };
const mine = planned(root, '-d .');
const notApproved = (command: string) =>
  `Pull request must be approved according to the project's approval rules before running ${command}.`;
const chain = `version: 3
projects:
- { name: net, dir: net }
- { name: app, dir: app, depends_on: [net] }
`;
const grouped = (abort: boolean) => `version: 3
abort_on_execution_order_fail: ${abort}
projects:
- { dir: app, execution_order_group: 2 }
- { dir: net, execution_order_group: 1 }
`;
const sideBySide = (isPlanned: boolean) => `version: 3
parallel_plan: ${isPlanned}
parallel_apply: true
projects:
- { dir: production, workspace: production }
- { dir: staging, workspace: staging }
`;
const failing = `${resource}resource "terraform_data" "y" {
  provisioner "local-exec" {
    command = "exit 3"
  }
}
`;
const [net, app] = [where('net', 'default', 'net'), where('app', 'default', 'app')];

/** What has to be before a plan or an apply, and in which order. */
export const requirements: readonly Conversation[] = [
  {
    name: 'it is applied once somebody has approved',
    files,
    change,
    rule: { apply_requirements: ['approved'] },
    steps: [{ comment: 'atlantis apply' }, { approve: true }, { comment: 'atlantis apply' }],
    comments: [mine, failed('Apply', root, notApproved('apply')), applied(root)],
    statuses: {
      'atlantis/apply': 'success: 1/1 projects applied successfully.',
      'atlantis/apply: ./default': 'success: Apply succeeded.',
    },
    locks: 1,
  },
  {
    name: 'what an entry for another base branch demands counts for nothing',
    files,
    change: {
      'net/main.tf': main('one'),
      'atlantis.yaml': `version: 3
projects:
- { name: net, dir: net, branch: /^other$/, apply_requirements: [] }
- { name: net, dir: net }
`,
    },
    rule: { apply_requirements: ['approved'] },
    steps: [{ comment: 'atlantis apply' }],
    comments: [planned(net, '-p net'), failed('Apply', net, notApproved('apply'))],
    locks: 1,
  },
  {
    name: 'what the API is asked for is no part of the pull request when it is another commit',
    hosts: ['local repositories'],
    files,
    change: { 'a/main.tf': main('one'), 'b/main.tf': main('one') },
    rule: { apply_requirements: ['approved'] },
    steps: [
      { approve: true },
      { push: { 'a/main.tf': main('of another commit') }, on: 'other' },
      { api: 'apply', branch: 'other', folder: 'a' },
      { api: 'plan', branch: 'other', folder: 'a' },
      { comment: 'atlantis apply' },
      { comment: 'atlantis plan -d a' },
      { comment: 'atlantis apply -d a' },
    ],
    comments: [
      { has: [listed('Plan', where('a'), where('b'))] },
      {
        has: [listed('Apply', where('b'), where('a')), 'Apply complete!', 'plan file is missing for dir "a"'],
        lacks: ['of another commit'],
      },
      planned(where('a'), '-d a', '"one"'),
      applied(where('a'), 'var = "one"'),
    ],
    statuses: { 'atlantis/apply': 'success: 2/2 projects applied successfully.' },
    locks: 2,
  },
  {
    name: 'a new plan takes approvals back where the server says so',
    files,
    change,
    flags: { 'discard-approval-on-plan': true },
    rule: { apply_requirements: ['approved'] },
    steps: [{ approve: true }, { comment: 'atlantis plan' }, { comment: 'atlantis apply' }],
    comments: [mine, mine, failed('Apply', root, notApproved('apply'))],
    statuses: { 'atlantis/apply': 'failure: 1/1 projects failed to apply.' },
    locks: 1,
  },
  {
    name: 'a push takes approvals back where the server says so, since nobody has seen what it plans',
    files,
    change,
    flags: { 'discard-approval-on-plan': true },
    rule: { apply_requirements: ['approved'] },
    steps: [{ approve: true }, { push: { 'main.tf': main('two') } }, { comment: 'atlantis apply' }],
    comments: [mine, planned(root, '-d .', '"two"'), failed('Apply', root, notApproved('apply'))],
    locks: 1,
  },
  {
    name: 'it is not even planned before somebody has approved',
    files,
    change,
    rule: { plan_requirements: ['approved'] },
    steps: [{ approve: true }, { comment: 'atlantis plan' }],
    comments: [failed('Plan', root, notApproved('plan')), mine],
    statuses: { 'atlantis/plan': 'success: 1/1 projects planned successfully.' },
    locks: 1,
  },
  {
    name: 'what our own statuses say does not keep it from being planned again, or the rest from being applied',
    files,
    change: { 'a/main.tf': main('one'), 'b/main.tf': 'nonsense\n' },
    rule: { plan_requirements: ['mergeable'], apply_requirements: ['mergeable'] },
    steps: [{ comment: 'atlantis plan' }, { comment: 'atlantis apply -d a' }],
    comments: [
      { has: [listed('Plan', where('a'), where('b')), '2 projects, 1 with changes, 0 with no changes, 1 failed'] },
      { has: [listed('Plan', where('a'), where('b')), '2 projects, 1 with changes, 0 with no changes, 1 failed'] },
      applied(where('a')),
    ],
    locks: 1,
  },
  {
    name: 'it is applied once the host would merge it',
    hosts: ['GitHub', 'GitLab', 'Gitea'],
    files,
    change,
    rule: { apply_requirements: ['mergeable'] },
    steps: [{ block: true }, { comment: 'atlantis apply' }, { block: false }, { comment: 'atlantis apply' }],
    comments: [
      mine,
      {
        has: [`Ran Apply for ${root}\n\n**Apply Failed**: Pull request must be mergeable before running apply (`, ').'],
      },
      applied(root),
    ],
    locks: 1,
  },
  {
    name: 'what changed on the base branch has to be merged in first, and a new plan does so',
    files,
    change,
    flags: { 'checkout-strategy': 'merge' },
    rule: { apply_requirements: ['undiverged'] },
    steps: [
      { push: { 'elsewhere/notes.txt': 'one\n' }, on: 'main' },
      { push: { 'other.tf': 'locals {}\n' }, on: 'main' },
      { comment: 'atlantis apply' },
      { comment: 'atlantis plan' },
      { comment: 'atlantis apply' },
    ],
    comments: [
      mine,
      failed('Apply', root, 'Default branch must be rebased onto pull request before running apply.'),
      {
        has: [`Ran Plan for ${root}`, ':twisted_rightwards_arrows: Upstream was modified, a new merge was performed.'],
      },
      applied(root),
    ],
    locks: 1,
  },
  {
    name: 'plans that were made on different commits of the base branch are applied together, each at its own',
    files: { 'a/main.tf': resource, 'b/main.tf': resource },
    change: { 'a/main.tf': `${resource}# a change\n`, 'b/main.tf': `${resource}# a change\n` },
    flags: { 'checkout-strategy': 'merge' },
    steps: [
      { push: { 'notes.txt': 'one\n' }, on: 'main' },
      { comment: 'atlantis plan -d b' },
      { comment: 'atlantis apply -d a' },
      { comment: 'atlantis plan -d a' },
      { push: { 'notes.txt': 'two\n' }, on: 'main' },
      { comment: 'atlantis plan -d a' },
      { comment: 'atlantis apply' },
    ],
    comments: [
      { has: [listed('Plan', where('a'), where('b'))] },
      { has: [`Ran Plan for ${where('b')}`] },
      applied(where('a')),
      { has: [`Ran Plan for ${where('a')}`, 'No changes.'] },
      { has: [`Ran Plan for ${where('a')}`, 'No changes.'] },
      { has: [listed('Apply', where('a'), where('b')), '2 projects, 2 successful, 0 failed, 0 errored'] },
    ],
    locks: 2,
  },
  {
    name: 'a plan is held to the commit of the base branch that it was made on, whatever others were made on',
    files: { 'a/main.tf': resource, 'b/main.tf': resource },
    change: { 'a/main.tf': `${resource}# a change\n`, 'b/main.tf': `${resource}# a change\n` },
    flags: { 'checkout-strategy': 'merge' },
    rule: { apply_requirements: ['undiverged'] },
    steps: [
      { push: { 'a/other.tf': 'locals {}\n', 'b/other.tf': 'locals {}\n' }, on: 'main' },
      { comment: 'atlantis plan -d a' },
      { comment: 'atlantis apply' },
    ],
    comments: [
      { has: [listed('Plan', where('a'), where('b'))] },
      { has: [`Ran Plan for ${where('a')}`] },
      {
        has: [
          listed('Apply', where('a'), where('b')),
          'Apply complete!',
          'Default branch must be rebased onto pull request before running apply.',
          '2 projects, 1 successful, 1 failed, 0 errored',
        ],
      },
    ],
    locks: 2,
  },
  {
    name: 'what cannot be merged cannot be planned with the base branch merged in',
    files: { 'main.tf': main('none') },
    change,
    flags: { 'checkout-strategy': 'merge' },
    steps: [{ push: { 'main.tf': main('two') }, on: 'main' }, { comment: 'atlantis plan' }],
    comments: [mine, { has: ['**Plan Error**\n```\n', 'main.tf'] }],
    statuses: { 'atlantis/plan': 'failure: Plan failed.' },
    locks: 1,
  },
  {
    name: 'what does not concern the project may change on the base branch',
    files,
    change,
    flags: { 'checkout-strategy': 'merge' },
    rule: { apply_requirements: ['undiverged'] },
    steps: [{ push: { 'elsewhere/notes.txt': 'one\n' }, on: 'main' }, { comment: 'atlantis apply' }],
    comments: [mine, applied(root)],
    locks: 1,
  },
  {
    name: 'a project waits for the one that it depends on',
    files: { 'atlantis.yaml': chain },
    change: { 'net/main.tf': resource, 'app/main.tf': resource },
    steps: [
      { comment: 'atlantis apply -p app' },
      { comment: 'atlantis apply -p net' },
      { comment: 'atlantis apply -p app' },
    ],
    comments: [
      { has: [listed('Plan', net, app)] },
      failed('Apply', app, "Can't apply your project unless you apply its dependencies: [net]"),
      applied(net),
      applied(app),
    ],
    statuses: { 'atlantis/apply': 'success: 2/2 projects applied successfully.' },
    locks: 2,
  },
  {
    name: 'groups are planned and applied in their order',
    files: { 'atlantis.yaml': grouped(false) },
    change: { 'net/main.tf': resource, 'app/main.tf': resource },
    steps: [{ comment: 'atlantis apply' }],
    comments: [
      { has: [listed('Plan', where('net'), where('app'))] },
      { has: [listed('Apply', where('net'), where('app')), '2 projects, 2 successful, 0 failed, 0 errored'] },
    ],
    locks: 2,
  },
  {
    name: 'a group that does not come out stops those after it where the repository says so',
    files: { 'atlantis.yaml': grouped(true) },
    change: { 'net/main.tf': failing, 'app/main.tf': resource },
    steps: [{ comment: 'atlantis apply' }],
    comments: [
      { has: [listed('Plan', where('net'), where('app'))] },
      {
        has: [`Ran Apply for ${where('net')}\n\n**Apply Error**\n`, 'exit status 3', 'atlantis plan'],
        lacks: ['dir: `app`'],
      },
    ],
    statuses: {
      'atlantis/apply': 'failure: 1/2 projects failed to apply.',
      'atlantis/apply: net/default': 'failure: Apply failed.',
    },
    locks: 2,
  },
  {
    name: 'what was left out of a plan since an earlier group failed keeps the pull request from being merged',
    hosts: ['local repositories'],
    files: { 'atlantis.yaml': grouped(true) },
    change: { 'net/main.tf': `variable "v" {}\n${resource}`, 'app/main.tf': resource },
    flags: { automerge: true },
    steps: [
      { comment: 'atlantis plan -d net -- -var v=1' },
      { comment: 'atlantis apply' },
      { comment: 'atlantis apply -d app' },
    ],
    comments: [
      { has: [`Ran Plan for ${where('net')}\n\n**Plan Error**\n`], lacks: ['dir: `app`'] },
      { has: [`Ran Plan for ${where('net')}\n`] },
      { has: [`Ran Apply for ${where('net')}\n`, 'Apply complete!'] },
      { has: ['plan for dir "app" workspace "default" project "" has status "plan_discarded"'] },
    ],
    statuses: {
      'atlantis/plan': 'pending: 1/2 projects planned.',
      'atlantis/apply': 'pending: 1/2 projects applied.',
    },
    merged: false,
    locks: 1,
  },
  {
    name: 'a group that cannot be applied stops those after it where the repository says so',
    files: { 'atlantis.yaml': grouped(true) },
    change: { 'net/main.tf': main('one'), 'app/main.tf': resource },
    steps: [{ comment: 'atlantis plan -d net -- -var unknown=1' }, { comment: 'atlantis apply' }],
    comments: [
      { has: [listed('Plan', where('net'), where('app'))] },
      { has: [`Ran Plan for ${where('net')}\n\n**Plan Error**\n`] },
      {
        has: ['**Apply Error**\n', 'plan for dir "net"', 'plan for dir "app"', 'waits for an earlier'],
        lacks: ['Apply complete!'],
      },
    ],
    locks: 1,
  },
  {
    name: 'a group that does not come out does not stop those after it otherwise',
    files: { 'atlantis.yaml': grouped(false) },
    change: { 'net/main.tf': failing, 'app/main.tf': resource },
    steps: [{ comment: 'atlantis apply' }],
    comments: [
      { has: [listed('Plan', where('net'), where('app'))] },
      { has: [listed('Apply', where('net'), where('app')), '2 projects, 1 successful, 0 failed, 1 errored'] },
    ],
    statuses: {
      'atlantis/apply': 'failure: 1/2 projects failed to apply.',
      'atlantis/apply: app/default': 'success: Apply succeeded.',
    },
    locks: 2,
  },
  {
    name: 'folders are planned one by one, applied at the same time, and told in their order',
    files: { 'atlantis.yaml': sideBySide(false) },
    change: { 'production/main.tf': resource, 'staging/main.tf': resource },
    steps: [{ comment: 'atlantis apply' }],
    comments: [
      { has: [listed('Plan', where('production', 'production'), where('staging', 'staging'))] },
      { has: [listed('Apply', where('production', 'production'), where('staging', 'staging')), '2 successful'] },
    ],
    locks: 2,
  },
  {
    name: 'folders are planned and applied at the same time, and told in their order',
    files: { 'atlantis.yaml': sideBySide(true) },
    change: { 'production/main.tf': resource, 'staging/main.tf': resource },
    steps: [{ comment: 'atlantis apply' }, { close: true }],
    comments: [
      { has: [listed('Plan', where('production', 'production'), where('staging', 'staging'))] },
      {
        has: [
          listed('Apply', where('production', 'production'), where('staging', 'staging')),
          '2 projects, 2 successful, 0 failed, 0 errored',
        ],
      },
      {
        has: ['- dir: `production` workspace: `production`\n- dir: `staging` workspace: `staging`'],
      },
    ],
    statuses: { 'atlantis/apply: staging/staging': 'success: Apply succeeded.' },
    locks: 0,
  },
];
