import type { Conversation } from '../../support/conversations/conversation.ts';
import {
  applied,
  cleaned,
  commandError,
  first,
  listed,
  main,
  planHints,
  planned,
  resource,
  section,
  toAdd,
  where,
} from './texts.ts';

const [byDefault, staging] = [where('.'), where('.', 'staging')];
const config = `version: 3
projects:
- dir: .
- dir: .
  workspace: staging
`;
const both = {
  files: { 'atlantis.yaml': config, 'README.md': 'one\n' },
  change: { 'main.tf': main('default'), 'env/staging.tfvars': 'var = "of staging"\n' },
};
const bothPlanned = {
  has: [
    listed('Plan', byDefault, staging),
    first(byDefault),
    toAdd(),
    '+ var       = "default"',
    planHints('-d .'),
    section(2, staging),
    toAdd(),
    '+ var       = "of staging"',
    planHints('-w staging'),
    '---\n### Plan Summary\n\n2 projects, 2 with changes, 0 with no changes, 0 failed',
  ],
};
const unknownCommand = (command: string, allowed: string) => `\`\`\`
Error: unknown command "${command}".
Run 'atlantis --help' for usage.
Available commands(--allow-commands): ${allowed}
\`\`\``;

/** One folder that two projects share. */
export const workspaces: readonly Conversation[] = [
  {
    name: 'both workspaces of a folder are planned, and each is applied by its name',
    ...both,
    steps: [{ comment: 'atlantis apply -w staging' }, { comment: 'atlantis apply -w default' }, { close: true }],
    comments: [
      bothPlanned,
      applied(staging, 'var = "of staging"', 'workspace = "staging"'),
      applied(byDefault, 'var = "default"', 'workspace = "default"'),
      cleaned('dir: `.` workspaces: `default`, `staging`'),
    ],
    statuses: {
      'atlantis/plan: ./staging': `success: ${toAdd()}`,
      'atlantis/apply': 'success: 2/2 projects applied successfully.',
    },
    locks: 0,
  },
  {
    name: 'nothing is planned by itself where the server says so',
    ...both,
    flags: { 'disable-autoplan': true },
    steps: [
      { comment: 'atlantis plan -w staging' },
      { comment: 'atlantis plan -w default' },
      { comment: 'atlantis apply -w staging' },
    ],
    comments: [
      { has: [`Ran Plan for ${staging}\n`, 'var       = "of staging"', planHints('-w staging')] },
      { has: [`Ran Plan for ${byDefault}\n`, 'var       = "default"', planHints('-d .')] },
      applied(staging),
    ],
    statuses: { 'atlantis/apply': 'pending: 1/2 projects applied.' },
    locks: 2,
  },
  {
    name: 'both workspaces of a folder are applied by one comment',
    ...both,
    steps: [{ comment: 'atlantis apply' }],
    comments: [
      bothPlanned,
      {
        has: [
          listed('Apply', byDefault, staging),
          first(byDefault),
          section(2, staging),
          '---\n### Apply Summary\n\n2 projects, 2 successful, 0 failed, 0 errored',
        ],
      },
    ],
    statuses: { 'atlantis/apply': 'success: 2/2 projects applied successfully.' },
    locks: 2,
  },
  {
    name: 'nothing is applied while applies are locked for everybody',
    ...both,
    steps: [{ globalLock: true }, { comment: 'atlantis apply' }],
    comments: [bothPlanned, '**Error:** Running `atlantis apply` is disabled.'],
    statuses: { 'atlantis/apply': 'pending: 0/2 projects applied.' },
    locks: 2,
  },
  {
    name: 'a command that is not allowed is unknown, and plans do not offer it',
    ...both,
    flags: { 'allow-commands': 'plan' },
    steps: [{ comment: 'atlantis apply' }],
    comments: [
      { has: [listed('Plan', byDefault, staging), '* :repeat:'], lacks: ['atlantis apply'] },
      unknownCommand('apply', 'plan'),
    ],
    locks: 2,
  },
  {
    name: 'a command that has to be allowed first is unknown until then',
    files: { 'main.tf': resource },
    change: { 'README.md': 'two\n' },
    flags: { 'allow-commands': 'plan,apply' },
    steps: [{ comment: 'atlantis import ADDRESS ID' }],
    comments: [unknownCommand('import', 'plan, apply')],
    locks: 0,
  },
  {
    name: 'a workspace that the folder is not configured for is refused, and good plans stay green',
    ...both,
    steps: [{ comment: 'atlantis plan -w nope' }],
    comments: [
      bothPlanned,
      commandError(
        'Plan',
        'running commands in workspace "nope" is not allowed because this directory is only configured for the following workspaces: default, staging',
      ),
    ],
    statuses: { 'atlantis/plan': 'success: 2/2 projects planned successfully.', 'atlantis/plan: ./nope': null },
    locks: 2,
  },
  {
    name: 'without naming a project nothing is applied where the server says so',
    ...both,
    flags: { 'disable-apply-all': true },
    steps: [{ comment: 'atlantis apply' }, { comment: 'atlantis apply -w staging' }],
    comments: [
      { has: [listed('Plan', byDefault, staging), planHints('-w staging')], lacks: [':fast_forward:'] },
      '**Error:** Running `atlantis apply` without flags is disabled. You must specify which project to apply via the `-d <dir>`, `-w <workspace>` or `-p <project name>` flags.',
      applied(staging),
    ],
    locks: 2,
  },
  {
    name: 'variables of a workspace plan that workspace',
    files: { 'main.tf': main('default'), 'env/staging.tfvars': 'var = "old"\n' },
    change: { 'env/staging.tfvars': 'var = "new"\n' },
    steps: [],
    comments: [planned(staging, '-w staging', 'var       = "new"')],
    locks: 1,
  },
];
