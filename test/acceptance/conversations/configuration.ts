import type { Conversation } from '../../support/conversations/conversation.ts';
import { applied, commandError, first, listed, main, planned, resource, section, where } from './texts.ts';

const root = where('.');
const files = { 'README.md': 'one\n' };
const change = { 'main.tf': main('one') };
const custom = `version: 3
projects:
- { dir: infrastructure/staging }
`;

const nothingPlanned = { has: ['**Apply Error**\n```\n', 'run `atlantis plan`'] };

/** What the server and the repository say of projects. */
export const configuration: readonly Conversation[] = [
  {
    name: 'the file of the repository may be called otherwise',
    files: { 'infrastructure/custom-name-atlantis.yaml': custom },
    change: { 'infrastructure/staging/main.tf': resource, 'infrastructure/production/main.tf': resource },
    rule: { repo_config_file: 'infrastructure/custom-name-atlantis.yaml' },
    steps: [{ comment: 'atlantis apply' }],
    comments: [
      planned(where('infrastructure/staging'), '-d infrastructure/staging'),
      applied(where('infrastructure/staging')),
    ],
    locks: 1,
  },
  {
    name: 'pull requests into other branches are passed over where the server says so',
    files,
    change,
    rule: { branch: '/^release$/' },
    steps: [{ comment: 'atlantis plan' }],
    comments: [],
    statuses: { 'atlantis/plan': null },
    locks: 0,
  },
  {
    name: 'a file that is not valid is told, and mended by a push',
    files: { 'atlantis.yaml': 'version: 3\nprojects:\n- { dir: .. }\n' },
    change,
    steps: [{ comment: 'atlantis apply' }, { push: { 'atlantis.yaml': 'version: 3\n' } }],
    comments: [
      { has: ['**Plan Error**\n```\nparsing atlantis.yaml: '] },
      commandError('Apply', 'no plan found; run `atlantis plan` first'),
      planned(root, '-d .'),
    ],
    statuses: { 'atlantis/plan': 'success: 1/1 projects planned successfully.' },
    locks: 1,
  },
  {
    name: 'a repository may not set what the server does not allow',
    files: { 'atlantis.yaml': 'version: 3\nprojects:\n- { dir: ., apply_requirements: [approved] }\n' },
    change,
    steps: [],
    comments: [
      commandError(
        'Plan',
        "parsing atlantis.yaml: repo config not allowed to set 'apply_requirements' key: server-side config needs 'allowed_overrides: [apply_requirements]'",
      ),
    ],
    statuses: { 'atlantis/plan': 'failure: Plan failed.' },
    locks: 0,
  },
  {
    name: 'a repository may set what the server allows',
    files: { 'atlantis.yaml': 'version: 3\nprojects:\n- { dir: ., apply_requirements: [approved] }\n' },
    change,
    rule: { allowed_overrides: ['apply_requirements'] },
    steps: [{ comment: 'atlantis apply' }],
    comments: [planned(root, '-d .'), { has: ['**Apply Failed**: Pull request must be approved'] }],
    locks: 1,
  },
  {
    name: 'what a pattern says of the root of the repository counts at the apply, too',
    files: { 'atlantis.yaml': "version: 3\nprojects:\n- { dir: '**/**', apply_requirements: [approved] }\n" },
    change,
    rule: { allowed_overrides: ['apply_requirements'] },
    steps: [{ comment: 'atlantis apply' }],
    comments: [planned(root, '-d .'), { has: ['**Apply Failed**: Pull request must be approved'] }],
    locks: 1,
  },
  {
    name: 'folders are found beside those that are listed, but for those to be ignored',
    files: {
      'atlantis.yaml':
        'version: 3\nautodiscover: { mode: enabled, ignore_paths: [skip/*] }\nprojects:\n- { dir: a, name: a }\n',
    },
    change: { 'a/main.tf': resource, 'b/main.tf': resource, 'skip/c/main.tf': resource },
    steps: [{ comment: 'atlantis plan -d skip/c' }],
    comments: [
      {
        has: [
          listed('Plan', where('a', 'default', 'a'), where('b')),
          first(where('a', 'default', 'a')),
          section(2, where('b')),
        ],
      },
    ],
    locks: 2,
  },
  {
    name: 'no folder is found where the server says so',
    files,
    change,
    rule: { autodiscover: { mode: 'disabled' } },
    steps: [{ comment: 'atlantis plan -d .' }],
    comments: [planned(root, '-d .')],
    locks: 1,
  },
  {
    name: 'a workflow is not run yet, and nothing is applied without it',
    files: { 'atlantis.yaml': 'version: 3\nprojects:\n- { dir: ., workflow: staging }\n' },
    change,
    rule: { allowed_overrides: ['workflow'] },
    workflows: { staging: { plan: { steps: [{ run: 'echo one' }, 'init', 'plan'] } } },
    steps: [{ comment: 'atlantis apply' }],
    comments: [
      {
        has: [
          `Ran Plan for ${root}\n\n**Plan Failed**: `,
          'the project is set to use the workflow "staging" (atlantis.yaml, line 3)',
          'cannot honour yet',
        ],
      },
      nothingPlanned,
    ],
    statuses: { 'atlantis/apply': 'failure: Apply failed.' },
    locks: 0,
  },
  {
    name: 'hooks are not run yet, and nothing is planned without them',
    files,
    change,
    rule: { pre_workflow_hooks: [{ run: 'true' }] },
    steps: [{ comment: 'atlantis apply' }],
    comments: [
      {
        has: [
          `Ran Plan for ${root}\n\n**Plan Failed**: `,
          'the server sets "pre_workflow_hooks" (',
          'cannot honour yet',
        ],
      },
      nothingPlanned,
    ],
    locks: 0,
  },
  {
    name: 'policies are not checked yet, and nothing is applied without them',
    files,
    change,
    rule: { policy_check: true },
    steps: [{ comment: 'atlantis apply' }],
    comments: [
      {
        has: [
          `Ran Plan for ${root}\n\n**Plan Failed**: `,
          'the project is set to use policy checks of the server',
          'cannot honour yet',
        ],
      },
      nothingPlanned,
    ],
    locks: 0,
  },
];
