import type { Expected } from '../../support/conversations/conversation.ts';

/** A resource whose plan is short enough not to be folded. */
export const resource = 'resource "terraform_data" "x" {}\n';

/** A resource and its inputs, and what the engine knows of where it works. */
export const main = (value: string) => `variable "var" {
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

/** What a heading and a list name a project by. */
export const where = (dir: string, workspace = 'default', name?: string) =>
  `${name === undefined ? '' : `project: \`${name}\` `}dir: \`${dir}\` workspace: \`${workspace}\``;

const fence = (command: string) => `  \`\`\`shell\n  ${command}\n  \`\`\``;

/** What follows the output of a plan. `target`: the flags that name the project. */
export const planHints = (target: string) => `

* :arrow_forward: To **apply** this plan, comment:
${fence(`atlantis apply ${target}`)}
* :put_litter_in_its_place: To **delete** this plan and lock, click [here](http://polder/lock?id=*)
* :repeat: To **plan** this project again, comment:
${fence(`atlantis plan ${target}`)}`;

/** The last lines of a comment with plans. */
const allHints = `
* :fast_forward: To **apply** all unapplied plans from this Pull Request, comment:
${fence('atlantis apply')}
* :put_litter_in_its_place: To **delete** all plans and locks from this Pull Request, comment:
${fence('atlantis unlock')}`;

/** One project was planned: what its plan has in it, with the hints for `target`. */
export const planned = (project: string, target: string, ...parts: readonly string[]): Expected => ({
  has: [`Ran Plan for ${project}\n\n`, ...parts, planHints(target), `\n---${allHints}`],
});

/** The heading of several projects. */
export const listed = (title: string, ...projects: readonly string[]) =>
  `Ran ${title} for ${projects.length} projects:\n\n${projects.map((one) => `1. ${one}\n`).join('')}`;

export const section = (position: number, project: string) => `---\n### ${position}. ${project}\n`;
export const first = (project: string) => `---\n\n### 1. ${project}\n`;

/** Nothing of what was applied changed or was destroyed. */
export const added = (count = 1) => `Apply complete! Resources: ${count} added, 0 changed, 0 destroyed.`;

export const toAdd = (count = 1) => `Plan: ${count} to add, 0 to change, 0 to destroy.`;

export const applied = (project: string, ...parts: readonly string[]): Expected => ({
  has: [`Ran Apply for ${project}\n\n`, added(), ...parts],
});

/** The locks that the end of a pull request released. */
export const cleaned = (...lines: readonly string[]) =>
  `Locks and plans deleted for the projects and workspaces modified in this pull request:\n\n${lines
    .map((line) => `- ${line}`)
    .join('\n')}`;

export const failed = (command: string, project: string, text: string) =>
  `Ran ${command} for ${project}\n\n**${command} Failed**: ${text}`;

export const commandError = (command: string, text: string) => `**${command} Error**\n\`\`\`\n${text}\n\`\`\``;
