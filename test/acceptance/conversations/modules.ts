import type { Conversation } from '../../support/conversations/conversation.ts';
import { applied, cleaned, commandError, first, listed, planned, resource, section, toAdd, where } from './texts.ts';

const uses = 'module "m" {\n  source = "../modules/m"\n}\n';
const files = { 'staging/main.tf': uses, 'production/main.tf': uses, 'modules/m/main.tf': resource };
const [staging, production] = [where('staging'), where('production')];
const inModule = { 'modules/m/main.tf': `${resource}# a change\n` };
const creates = '# module.m.terraform_data.x will be created';
const watching = `version: 3
projects:
- dir: staging
  autoplan: { when_modified: ['**/*.tf', '../modules/m/*'] }
- dir: production
  autoplan: { when_modified: ['**/*.tf', '../modules/m/*'] }
`;

/** Two projects that use the same module. */
export const modules: readonly Conversation[] = [
  {
    name: 'only the folder that changes is planned',
    files,
    change: { 'staging/main.tf': `${uses}# a change\n` },
    steps: [{ comment: 'atlantis apply -d staging' }, { close: true }],
    comments: [planned(staging, '-d staging', creates, toAdd()), applied(staging), cleaned(staging)],
    statuses: {
      'atlantis/apply': 'success: 1/1 projects applied successfully.',
      'atlantis/plan: production/default': null,
    },
    locks: 0,
  },
  {
    name: 'a folder is planned when a comment names it',
    files,
    change: { 'staging/main.tf': `${uses}# a change\n` },
    flags: { 'disable-autoplan': true },
    steps: [{ comment: 'atlantis plan -d staging' }, { comment: 'atlantis apply -d staging' }],
    comments: [planned(staging, '-d staging', creates), applied(staging)],
    locks: 1,
  },
  {
    name: 'a module plans nothing by itself',
    files,
    change: inModule,
    steps: [
      { comment: 'atlantis plan -d staging' },
      { comment: 'atlantis plan -d production' },
      { comment: 'atlantis apply -d production' },
      { comment: 'atlantis apply -d staging' },
    ],
    comments: [
      planned(staging, '-d staging', creates),
      planned(production, '-d production', creates),
      applied(production),
      applied(staging),
    ],
    statuses: { 'atlantis/apply': 'success: 2/2 projects applied successfully.' },
    locks: 2,
  },
  {
    name: 'a module plans the projects that watch it',
    files: { ...files, 'atlantis.yaml': watching },
    change: inModule,
    steps: [{ comment: 'atlantis apply -d staging' }, { comment: 'atlantis apply -d production' }, { close: true }],
    comments: [
      { has: [listed('Plan', staging, production), first(staging), creates, section(2, production), creates] },
      applied(staging),
      applied(production),
      cleaned(production, staging),
    ],
    locks: 0,
  },
  {
    name: 'a module plans the projects that use it where the server looks for them',
    files,
    change: inModule,
    flags: { 'autoplan-modules': true },
    steps: [],
    comments: [
      { has: [listed('Plan', production, staging), first(production), creates, section(2, staging), creates] },
    ],
    locks: 2,
  },
  {
    name: 'a folder that is deleted is named, and is no success',
    files: { 'old/main.tf': resource, 'README.md': 'one\n' },
    change: {},
    removed: ['old'],
    steps: [{ comment: 'atlantis plan -d old' }],
    comments: [{ has: ['Ran Plan for 0 projects:', '`old`'] }, { has: ['dir "old" does not exist'] }],
    statuses: { 'atlantis/plan': null, 'atlantis/apply': null },
    locks: 0,
  },
  {
    name: 'a folder that is deleted with its entry in the list is named, too',
    files: {
      'atlantis.yaml': 'version: 3\nprojects:\n- { dir: app }\n- { dir: old }\n',
      'app/main.tf': resource,
      'old/main.tf': resource,
    },
    change: { 'atlantis.yaml': 'version: 3\nprojects:\n- { dir: app }\n' },
    removed: ['old'],
    steps: [],
    comments: [{ has: ['Ran Plan for 0 projects:', '`old`'] }],
    statuses: { 'atlantis/plan': null, 'atlantis/apply': null },
    locks: 0,
  },
  {
    name: 'a folder that gets another name is planned there, and the old name is told',
    files: { 'old/main.tf': resource },
    change: { 'new/main.tf': resource },
    removed: ['old'],
    steps: [],
    comments: [{ has: [`Ran Plan for ${where('new')}`, toAdd(), '`old`'] }],
    locks: 1,
  },
  {
    name: 'a comment may name folders by a pattern, and leave out the lists of files',
    files: { 'a/main.tf': resource, 'b/main.tf': resource, 'c/main.tf': resource },
    change: { 'a/main.tf': `${resource}# a change\n`, 'b/main.tf': `${resource}# a change\n` },
    flags: { 'restrict-file-list': true, 'disable-autoplan': true },
    steps: [{ comment: "atlantis plan -d '[ab]'" }, { comment: 'atlantis plan -d c' }],
    comments: [
      { has: [listed('Plan', where('a'), where('b')), first(where('a')), toAdd(), section(2, where('b')), toAdd()] },
      commandError('Plan', 'the dir "c" is not in the plan list of this pull request'),
    ],
    locks: 2,
  },
];
