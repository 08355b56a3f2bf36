import type { Conversation } from '../../support/conversations/hold-conversation.ts';

const main = (value: string) => `variable "var" {
  default = "${value}"
}

resource "terraform_data" "simple" {
  input = var.var
}

output "var" {
  value = var.var
}

output "workspace" {
  value = terraform.workspace
}
`;

const planned = (value: string, workspace = 'default') => [
  `Ran Plan for dir: \`.\` workspace: \`${workspace}\`\n\n<details><summary>Show Output</summary>\n\n\`\`\`diff\n`,
  '# terraform_data.simple will be created',
  'Plan: 1 to add, 0 to change, 0 to destroy.',
  `+ var       = "${value}"`,
  `+ workspace = "${workspace}"`,
  '```\n</details>\n\n* :arrow_forward: To **apply** this plan, comment:',
];
const applied = (value: string, workspace = 'default') => [
  `Ran Apply for dir: \`.\` workspace: \`${workspace}\`\n\n`,
  'terraform_data.simple: Creation complete after *s [id=*]',
  'Apply complete! Resources: 1 added, 0 changed, 0 destroyed.',
  `var = "${value}"`,
  `workspace = "${workspace}"`,
];
const cleaned = (workspaces = 'workspace: `default`') =>
  `Locks and plans deleted for the projects and workspaces modified in this pull request:\n\n- dir: \`.\` ${workspaces}`;

const simple = { files: { 'README.md': 'one\n' }, change: { 'main.tf': main('default') } };

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
    comments: [{ has: planned('default') }, cleaned()],
    statuses: {
      'atlantis/plan': 'success: 1/1 projects planned successfully.',
      'atlantis/plan: ./default': 'success: Plan: 1 to add, 0 to change, 0 to destroy.',
      'atlantis/apply': 'pending: 0/1 projects applied.',
    },
    locks: 0,
  },
  {
    name: 'a plan is applied by a comment',
    ...simple,
    steps: [{ comment: 'atlantis apply' }],
    comments: [{ has: planned('default') }, { has: applied('default') }],
    statuses: {
      'atlantis/apply': 'success: 1/1 projects applied successfully.',
      'atlantis/apply: ./default': 'success: Apply succeeded.',
    },
    locks: 1,
  },
];
