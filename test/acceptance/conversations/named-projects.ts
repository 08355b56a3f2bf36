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

const backend = 'terraform {\n  backend "local" {}\n}\n';
const [one, other] = [where('.', 'default', 'one'), where('.', 'default', 'other')];
const shared = (autoplan: boolean) => `version: 3
projects:
- { name: one, dir: ., autoplan: { enabled: ${autoplan} } }
- { name: other, dir: ., autoplan: { enabled: ${autoplan} } }
`;
const folders = `version: 3
projects:
- { name: app-eu, dir: eu }
- { name: app-us, dir: us }
- { name: net, dir: net }
`;
const inFolders = {
  files: { 'atlantis.yaml': folders, 'README.md': 'one\n' },
  change: { 'eu/main.tf': resource, 'us/main.tf': resource, 'net/main.tf': resource },
};
const [eu, us] = [where('eu', 'default', 'app-eu'), where('us', 'default', 'app-us')];

/** Projects that have names. */
export const namedProjects: readonly Conversation[] = [
  {
    name: 'two projects share a folder and a workspace',
    files: { 'atlantis.yaml': shared(true), 'README.md': 'one\n' },
    change: { 'main.tf': backend + main('default') },
    steps: [{ comment: 'atlantis apply -p other' }, { comment: 'atlantis plan -d .' }, { close: true }],
    comments: [
      {
        has: [
          listed('Plan', one, other),
          first(one),
          toAdd(),
          planHints('-p one'),
          section(2, other),
          toAdd(),
          planHints('-p other'),
        ],
      },
      applied(other),
      commandError(
        'Plan',
        "must specify project name: more than one project defined in 'atlantis.yaml' matched dir: '.' workspace: 'default'",
      ),
      cleaned(where('.')),
    ],
    statuses: {
      'atlantis/plan: one': `success: ${toAdd()}`,
      'atlantis/apply: other': 'success: Apply succeeded.',
      'atlantis/apply': 'pending: 1/2 projects applied.',
    },
    locks: 0,
  },
  {
    name: 'a project that is not planned by itself is planned by its name',
    files: { 'atlantis.yaml': shared(false), 'README.md': 'one\n' },
    change: { 'main.tf': main('default') },
    steps: [
      { comment: 'atlantis plan -p one' },
      { comment: 'atlantis apply -p one' },
      { comment: 'atlantis plan -p other -- -var var=of-the-other' },
      { comment: 'atlantis apply -p other' },
      { comment: 'atlantis plan -p nope' },
      { close: true },
    ],
    comments: [
      planned(one, '-p one', toAdd()),
      applied(one),
      { has: [`Ran Plan for ${other}\n`, '"of-the-other"', 'atlantis apply -p other\n'] },
      { has: [`Ran Apply for ${other}\n`, '0 added, 1 changed, 0 destroyed', 'var = "of-the-other"'] },
      commandError('Plan', "no project with name 'nope' is defined in 'atlantis.yaml'"),
      cleaned(where('.')),
    ],
    statuses: {
      'atlantis/plan': 'success: 2/2 projects planned successfully.',
      'atlantis/apply': 'success: 2/2 projects applied successfully.',
    },
    locks: 0,
  },
  {
    name: 'names may be matched by an expression where the server allows it',
    ...inFolders,
    flags: { 'enable-regexp-cmd': true, 'disable-autoplan': true },
    steps: [{ comment: 'atlantis plan -p app-.*' }, { comment: 'atlantis apply -p app-e.|net' }],
    comments: [
      { has: [listed('Plan', eu, us), first(eu), planHints('-p app-eu'), section(2, us), planHints('-p app-us')] },
      {
        has: [
          listed('Apply', eu, where('net', 'default', 'net')),
          first(eu),
          'Apply complete!',
          'no matching plan status exists for dir "net"',
        ],
      },
    ],
    locks: 2,
  },
  {
    name: 'a server that is told to keep silent says nothing of projects that are not there',
    ...inFolders,
    change: { 'README.md': 'two\n' },
    flags: { 'silence-no-projects': true, 'silence-vcs-status-no-projects': true },
    steps: [{ comment: 'atlantis plan -p nope' }, { comment: 'atlantis plan' }, { comment: 'atlantis unlock' }],
    comments: [],
    statuses: { 'atlantis/plan': null, 'atlantis/apply': null },
    locks: 0,
  },
  {
    name: 'a push that touches nothing sets no status where the server says so',
    ...inFolders,
    change: { 'README.md': 'two\n' },
    flags: { 'silence-vcs-status-no-plans': true },
    steps: [],
    comments: [],
    statuses: { 'atlantis/plan': null, 'atlantis/apply': null },
    locks: 0,
  },
  {
    name: 'a plan of nothing is told when somebody asked for it',
    ...inFolders,
    change: { 'README.md': 'two\n' },
    steps: [{ comment: 'atlantis plan' }, { comment: 'atlantis apply' }],
    comments: ['Ran Plan for 0 projects:', 'Ran Apply for 0 projects:'],
    statuses: {
      'atlantis/plan': 'success: 0/0 projects planned successfully.',
      'atlantis/apply': 'success: 0/0 projects applied successfully.',
    },
    locks: 0,
  },
  {
    name: 'with the list of files restricted a project is planned only for its own, and applied once it is planned',
    ...inFolders,
    flags: { 'restrict-file-list': true },
    steps: [
      { comment: 'atlantis plan -p net' },
      { comment: 'atlantis plan -d nope' },
      { comment: 'atlantis apply -p net' },
    ],
    comments: [
      { has: [listed('Plan', eu, us, where('net', 'default', 'net'))] },
      commandError(
        'Plan',
        'the following directories are present in the pull request but not in the requested project:\neu\nus',
      ),
      commandError('Plan', 'the dir "nope" is not in the plan list of this pull request'),
      applied(where('net', 'default', 'net')),
    ],
    locks: 3,
  },
];
