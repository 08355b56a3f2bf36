import type { Conversation } from '../../support/conversations/conversation.ts';
import { added, failed, first, listed, planned, resource, section, toAdd, where } from './texts.ts';

const all = { 'allow-commands': 'all' };
const root = where('.');
const two = 'resource "terraform_data" "one" {}\nresource "terraform_data" "other" {}\n';
const each = `variable "var" {
  default = "one"
}

resource "terraform_data" "each" {
  for_each = toset([var.var])
}
`;
const ops = 'version: 3\nprojects:\n- { name: dir1-ops, dir: dir1, workspace: ops }\n';
const inOps = where('dir1', 'ops', 'dir1-ops');
const files = { 'README.md': 'one\n' };
const [a, b] = [where('a'), where('b')];
const replan = (target: string) =>
  `* :repeat: To **plan** this project again, comment:\n  \`\`\`shell\n  atlantis plan ${target}\n  \`\`\``;
const discarded = ':put_litter_in_its_place: A plan file was discarded. Re-plan would be required before applying.';
const noChanges = 'No changes. Your infrastructure matches the configuration.';

/** What changes states without a plan. */
export const state: readonly Conversation[] = [
  {
    name: 'an import discards the plan, and the next one knows of it',
    files,
    change: { 'main.tf': two },
    flags: all,
    steps: [
      { comment: 'atlantis import terraform_data.one AA' },
      { comment: 'atlantis apply' },
      { comment: 'atlantis import terraform_data.other BB' },
      { comment: 'atlantis plan' },
    ],
    comments: [
      planned(root, '-d .', toAdd(2)),
      { has: [`Ran Import for ${root}\n\n`, 'Import successful!', discarded, replan('-d .')] },
      'Ran Apply for 0 projects:',
      { has: [`Ran Import for ${root}\n\n`, 'Import successful!', replan('-d .')], lacks: [discarded] },
      { has: [`Ran Plan for ${root}`, noChanges] },
    ],
    statuses: { 'atlantis/plan': 'success: 1/1 projects planned successfully.' },
    locks: 1,
  },
  {
    name: 'an import names its project by folder and workspace, or by name',
    files: { 'atlantis.yaml': ops, 'dir1/main.tf': two },
    change: { 'README.md': 'two\n' },
    flags: all,
    steps: [
      { comment: 'atlantis import -d dir1 -w ops terraform_data.one AA' },
      { comment: 'atlantis import -p dir1-ops terraform_data.other BB' },
      { comment: 'atlantis plan -p dir1-ops' },
      { comment: 'atlantis state rm -p dir1-ops terraform_data.one terraform_data.other' },
      { comment: 'atlantis plan -p dir1-ops' },
    ],
    comments: [
      { has: [`Ran Import for ${inOps}\n`, 'Import successful!', replan('-p dir1-ops')] },
      { has: [`Ran Import for ${inOps}\n`, 'Import successful!', replan('-p dir1-ops')] },
      { has: [`Ran Plan for ${inOps}\n`, noChanges] },
      {
        has: [
          `Ran State \`rm\` for ${inOps}\n`,
          'Removed terraform_data.one',
          'Removed terraform_data.other',
          discarded,
          replan('-p dir1-ops'),
        ],
      },
      planned(inOps, '-p dir1-ops', toAdd(2)),
    ],
    locks: 1,
  },
  {
    name: 'addresses may be quoted, and arguments follow',
    files,
    change: { 'main.tf': each },
    flags: all,
    steps: [
      { comment: `atlantis import 'terraform_data.each["two"]' AA -- -var var=two` },
      { comment: 'atlantis plan -- -var var=two' },
      { comment: `atlantis state rm 'terraform_data.each["two"]' -- -lock=false` },
      { comment: 'atlantis plan' },
    ],
    comments: [
      planned(root, '-d .', toAdd()),
      { has: [`Ran Import for ${root}\n`, 'Import successful!', replan('-d .')] },
      { has: [`Ran Plan for ${root}\n`, noChanges] },
      { has: [`Ran State \`rm\` for ${root}\n`, 'Removed terraform_data.each["two"]', discarded, replan('-d .')] },
      planned(root, '-d .', toAdd()),
    ],
    locks: 1,
  },
  {
    name: 'an import is of one project',
    files,
    change: { 'a/main.tf': resource, 'b/main.tf': resource },
    flags: all,
    steps: [
      { comment: 'atlantis import terraform_data.x AA' },
      { comment: 'atlantis import -d a terraform_data.x AA' },
      { comment: 'atlantis plan' },
    ],
    comments: [
      { has: [listed('Plan', a, b), '2 projects, 2 with changes'] },
      '**Import Failed**: import cannot run on multiple projects. please specify one project.',
      { has: [`Ran Import for ${a}\n`, 'Import successful!', replan('-d a')] },
      { has: [listed('Plan', a, b), first(a), noChanges, section(2, b), toAdd()] },
    ],
    locks: 2,
  },
  {
    name: 'resources are taken out of the states of all projects',
    files,
    change: { 'a/main.tf': resource, 'b/main.tf': resource },
    flags: all,
    steps: [
      { comment: 'atlantis apply' },
      { comment: 'atlantis state rm terraform_data.x' },
      { comment: 'atlantis plan' },
    ],
    comments: [
      { has: [listed('Plan', a, b)] },
      { has: [listed('Apply', a, b), added(), added()] },
      {
        has: [listed('State', a, b), first(a), 'Removed terraform_data.x', section(2, b), 'Removed terraform_data.x'],
      },
      { has: [listed('Plan', a, b), first(a), toAdd(), section(2, b), toAdd()] },
    ],
    locks: 2,
  },
  {
    name: 'an import that is refused for want of an approval leaves no plan that could be applied',
    files,
    change: { 'main.tf': resource },
    flags: all,
    rule: { import_requirements: ['approved'] },
    steps: [
      { comment: 'atlantis import terraform_data.x AA' },
      { comment: 'atlantis import terraform_data.x' },
      { comment: 'atlantis state list' },
      { comment: 'atlantis apply' },
    ],
    comments: [
      planned(root, '-d .'),
      failed(
        'Import',
        root,
        "Pull request must be approved according to the project's approval rules before running import.",
      ),
      { has: ['```\nError: unknown argument(s) – terraform_data.x.\nUsage of import ADDRESS ID:'] },
      { has: ['```\nError: invalid subcommand list (not rm).'] },
      '**Apply Error**\n```\nplan for dir "." workspace "default" project "" has status "plan_errored" and cannot be applied; run `atlantis plan`\n```',
    ],
    locks: 1,
  },
];
