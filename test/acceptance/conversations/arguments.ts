import type { Conversation } from '../../support/conversations/conversation.ts';
import { applied, main, planned, toAdd, where } from './texts.ts';

const root = where('.');
const files = { 'README.md': 'one\n' };
const change = { 'main.tf': main('one') };
const mine = planned(root, '-d .');
const planError = `Ran Plan for ${root}\n\n**Plan Error**\n\`\`\`\n`;
const notBeside = (path: string) =>
  `\`\`\`\nvar file path ${path} is not allowed by the current allowlist: [/srv]\n\`\`\``;

/** What is written behind `--`, and values that are made to look like something else. */
export const extraArguments: readonly Conversation[] = [
  {
    name: 'a plan with changes counts as one, whatever the comment says of exit codes',
    files,
    change,
    steps: [{ comment: 'atlantis plan -- -detailed-exitcode=false' }],
    comments: [mine, { has: [`Ran Plan for ${root}\n`, toAdd()], lacks: ['No changes.'] }],
    statuses: {
      'atlantis/plan: ./default': `success: ${toAdd()}`,
      'atlantis/apply': 'pending: 0/1 projects applied.',
    },
    locks: 1,
  },
  {
    name: 'a plan is kept where it can be applied, or is none',
    files,
    change,
    steps: [
      { comment: 'atlantis plan -- -out=elsewhere' },
      { comment: 'atlantis plan -- -help' },
      { comment: 'atlantis apply' },
    ],
    comments: [
      mine,
      { has: [`${planError}cannot run plan with -out because`], lacks: ['/polder'] },
      { has: [`${planError}cannot run plan with -help because it would do nothing else\n`], lacks: ['/polder'] },
      { has: ['**Apply Error**\n', 'cannot be applied'] },
    ],
    statuses: { 'atlantis/plan: ./default': 'failure: Plan failed.' },
    locks: 0,
  },
  {
    name: 'a saved plan is applied as it is',
    files,
    change,
    steps: [
      { comment: 'atlantis apply -- -target=terraform_data.simple' },
      { comment: 'atlantis apply -- other.tfplan' },
      { comment: 'atlantis apply -- -auto-approve -backup' },
      { comment: 'atlantis apply -- -state-out=elsewhere' },
      { comment: 'atlantis apply -- -help' },
      { comment: 'atlantis apply -- -parallelism=1' },
    ],
    comments: [
      mine,
      { has: ['**Apply Error**\n```\ncannot run apply with -target because we are applying'] },
      { has: ['**Apply Error**\n', 'Too many command line arguments'] },
      { has: ['**Apply Error**\n```\ncannot run apply with -backup because'] },
      { has: ['**Apply Error**\n```\ncannot run apply with -state-out because'] },
      { has: ['**Apply Error**\n```\ncannot run apply with -help because'] },
      applied(root, 'var = "one"'),
    ],
    statuses: { 'atlantis/apply': 'success: 1/1 projects applied successfully.' },
    locks: 1,
  },
  {
    name: 'an argument without its value takes none of ours for it',
    files,
    change,
    flags: { 'allow-commands': 'all' },
    steps: [
      { comment: 'atlantis apply -- -auto-approve -lock=false -var' },
      { comment: 'atlantis plan -- -var-file' },
      { comment: 'atlantis import terraform_data.simple AA -- -lock-timeout' },
    ],
    comments: [
      mine,
      { has: ['**Apply Error**\n```\ncannot run apply with -var at the end because it needs a value'] },
      { has: [`${planError}cannot run plan with -var-file at the end because it needs a value`] },
      { has: ['**Import Error**\n```\ncannot run import with -lock-timeout at the end because it needs a value'] },
    ],
    statuses: { 'atlantis/plan: ./default': 'failure: Plan failed.' },
    locks: 0,
  },
  {
    name: 'no command reads a variable file that is not allowed',
    files,
    change,
    flags: { 'allow-commands': 'all', 'var-file-allowlist': '/srv' },
    steps: [
      { comment: 'atlantis plan -- -var-file=/etc/hosts' },
      { comment: 'atlantis import terraform_data.simple AA -- --var-file /etc/hosts' },
      { comment: 'atlantis apply -- -var-file=/etc/hosts' },
    ],
    comments: [mine, notBeside('/etc/hosts'), notBeside('/etc/hosts'), notBeside('/etc/hosts')],
    locks: 1,
  },
  {
    name: 'folders and plug-ins are not chosen by a comment, in whatever spelling',
    files,
    change,
    steps: [{ comment: 'atlantis plan -- "-chdir=.."' }, { comment: 'atlantis apply -- --plugin-dir x' }],
    comments: [
      mine,
      { has: ['```\nError: flag "-chdir=.." is not allowed in extra args.\nUsage of plan:'] },
      { has: ['```\nError: flag "--plugin-dir" is not allowed in extra args.\nUsage of apply:'] },
    ],
    locks: 1,
  },
  {
    name: 'a value that looks like progress hides nothing of a plan',
    files,
    change: {
      'main.tf':
        'resource "terraform_data" "a" {}\nresource "terraform_data" "b" {\n  input = "b: Refreshing state... [id=1]"\n}\n',
    },
    steps: [{ comment: 'atlantis apply' }, { comment: 'atlantis plan -- -destroy' }],
    comments: [
      planned(root, '-d .', '# terraform_data.a will be created', '# terraform_data.b will be created', toAdd(2)),
      { has: ['2 added'] },
      {
        has: [
          '```diff\nTerraform used',
          '# terraform_data.a will be destroyed',
          '# terraform_data.b will be destroyed',
        ],
      },
    ],
    locks: 1,
  },
];
