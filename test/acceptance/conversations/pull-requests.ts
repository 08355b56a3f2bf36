import type { Conversation } from '../../support/conversations/conversation.ts';
import { applied, cleaned, commandError, main, planned, where } from './texts.ts';

const root = where('.');
const files = { 'README.md': 'one\n' };
const change = { 'main.tf': main('one') };
const mine = planned(root, '-d .');
const slow = `resource "terraform_data" "x" {
  provisioner "local-exec" {
    command = "sleep 20"
  }
}
`;

/** What happens to a pull request, and what it is. */
export const pullRequests: readonly Conversation[] = [
  {
    name: 'a draft is planned when somebody asks, and once it is ready',
    files,
    change,
    opened: { draft: true },
    steps: [{ comment: 'atlantis plan' }, { ready: true }],
    comments: [mine, mine],
    locks: 1,
  },
  {
    name: 'a draft is planned like any other where the server says so',
    files,
    change,
    opened: { draft: true },
    flags: { 'allow-draft-prs': true },
    steps: [],
    comments: [mine],
    locks: 1,
  },
  {
    name: 'what comes from a fork is not run',
    hosts: ['GitHub', 'GitLab', 'Gitea'],
    files,
    change,
    opened: { fork: true },
    steps: [{ comment: 'atlantis plan' }],
    comments: [
      "Atlantis commands can't be run on fork pull requests. To enable, set --allow-fork-prs  or, to disable this message, set --silence-fork-pr-errors",
      "Atlantis commands can't be run on fork pull requests. To enable, set --allow-fork-prs  or, to disable this message, set --silence-fork-pr-errors",
    ],
    statuses: { 'atlantis/plan': null },
    locks: 0,
  },
  {
    name: 'what comes from a fork is passed over in silence where the server says so',
    hosts: ['GitLab', 'Gitea', 'GitHub'],
    files,
    change,
    opened: { fork: true },
    flags: { 'silence-fork-pr-errors': true },
    steps: [{ comment: 'atlantis plan' }],
    comments: [],
    locks: 0,
  },
  {
    name: 'what comes from a fork is planned where the server allows it',
    hosts: ['Gitea', 'GitHub', 'GitLab'],
    files,
    change,
    opened: { fork: true },
    flags: { 'allow-fork-prs': true },
    steps: [],
    comments: [mine],
    locks: 1,
  },
  {
    name: 'a label keeps it from being planned by itself',
    files,
    change,
    opened: { labels: ['later'] },
    flags: { 'disable-autoplan-label': 'later' },
    steps: [{ comment: 'atlantis plan' }],
    comments: [mine],
    locks: 1,
  },
  {
    name: 'on a closed one there is nothing but unlock and help',
    files,
    change,
    steps: [{ close: true }, { comment: 'atlantis apply' }, { comment: 'atlantis unlock' }],
    comments: [
      mine,
      cleaned(root),
      "Atlantis commands can't be run on closed pull requests",
      'All Atlantis locks for this PR have been unlocked and plans discarded',
    ],
    locks: 0,
  },
  {
    name: 'one that is opened again is planned when somebody asks',
    hosts: ['GitHub', 'GitLab'],
    files,
    change,
    steps: [{ close: true }, { reopen: true }, { comment: 'atlantis apply' }, { comment: 'atlantis plan' }],
    comments: [mine, cleaned(root), commandError('Apply', 'no plan found; run `atlantis plan` first'), mine],
    locks: 1,
  },
  {
    name: 'a merge by a person gives back what it held',
    files,
    change,
    steps: [{ comment: 'atlantis apply' }, { merge: true }],
    comments: [mine, applied(root), cleaned(root)],
    merged: true,
    locks: 0,
  },
  {
    name: 'without a plan there is nothing to apply, and it says so',
    files,
    change,
    flags: { 'disable-autoplan': true },
    steps: [{ comment: 'atlantis apply' }],
    comments: [commandError('Apply', 'no plan found; run `atlantis plan` first')],
    statuses: { 'atlantis/apply': 'failure: Apply failed.' },
    locks: 0,
  },
  {
    name: 'cancel says so when there is nothing to cancel, and leaves the next command alone',
    files,
    change,
    steps: [{ comment: 'atlantis cancel' }, { comment: 'atlantis apply' }],
    comments: [mine, 'Nothing is queued or running for this pull request, so nothing was cancelled.', applied(root)],
    locks: 1,
  },
  {
    name: 'cancel stops what runs and drops what waits',
    files,
    change: { 'main.tf': slow },
    steps: [
      // Terraform forgets an interrupt that comes before it has begun.
      { comment: 'atlantis apply', logged: 'Executing: ' },
      { comment: 'atlantis plan', until: { 'atlantis/plan': 'pending: Plan waits for 1 command before it.' } },
      { comment: 'atlantis cancel' },
    ],
    comments: [
      { has: [`Ran Plan for ${root}`] },
      'Cancelled all queued operations for this pull request. What is running is being stopped, and tells how far it came.\nNew operations can now be started.',
      { has: [`Ran Apply for ${root}\n\n**Apply Cancelled**: cancelled by `] },
    ],
    locks: 1,
  },
  {
    name: 'slips are answered and change nothing',
    files,
    change,
    steps: [
      { comment: 'terraform plan' },
      { comment: 'atlantis paln' },
      { comment: 'atlantis plan --nope' },
      { comment: 'atlantis plan -d ../..' },
      { comment: 'please atlantis plan' },
      { comment: 'atlantis plan\natlantis apply' },
    ],
    comments: [
      mine,
      'Did you mean to use `atlantis` instead of `terraform`?',
      { has: ['```\nError: unknown command "paln".\nRun \'atlantis --help\' for usage.'] },
      { has: ['```\nError: unknown flag: --nope.\nUsage of plan:\n  -d, --dir string'] },
      { has: ['```\nError: using a relative path "../.." with -d/--dir is not allowed.\nUsage of plan:'] },
    ],
    statuses: { 'atlantis/plan': 'success: 1/1 projects planned successfully.' },
    locks: 1,
  },
  {
    name: 'help, the version of the engine, and another name for it all',
    files,
    change,
    flags: { 'executable-name': 'infra' },
    steps: [
      { comment: 'infra help' },
      { comment: 'infra version' },
      { comment: 'atlantis plan' },
      { comment: 'Infra apply -d .' },
    ],
    comments: [
      { has: [`Ran Plan for ${root}`, 'infra apply -d .', 'infra plan -d .', 'infra unlock'], lacks: ['atlantis'] },
      { has: ['```cmake\ninfra\n', 'Usage:\n  infra <command> [options] -- [terraform options]'] },
      { has: [`Ran Version for ${root}\n\n\`\`\`\nTerraform v`] },
      applied(root),
    ],
    locks: 1,
  },
];
