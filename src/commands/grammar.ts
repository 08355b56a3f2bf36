import type { Flag } from './parse-flags.ts';

/** The commands of comments, as they are written and as `--allow-commands` names them. */
export type CommandName = 'plan' | 'apply' | 'cancel' | 'unlock' | 'approve_policies' | 'version' | 'import' | 'state';

/** How a command is written, and what its help says. */
export type Grammar = {
  readonly name: CommandName;
  /** The name with what it takes besides flags. */
  readonly usage: string;
  readonly flags: readonly Flag[];
  /** The word that has to come first. */
  readonly subcommand: 'rm' | null;
  /** How many arguments there have to be, without the sub-command. */
  readonly takes: { readonly least: number; readonly most: number };
  readonly examples: readonly { readonly title: string; readonly words: string }[];
  readonly help: readonly string[];
};

/** In the order of the help. */
export const grammars: readonly Grammar[] = [
  {
    name: 'plan',
    usage: 'plan',
    flags: byName(
      dir('Which directory to run plan in relative to root of repo'),
      project('Which project to run plan for.', { alone: true }),
      verbose(),
      workspace('Switch to this Terraform workspace before planning.'),
    ),
    ...noArguments(),
    examples: [
      {
        title: 'run plan in the root directory passing the -target flag to terraform',
        words: 'plan -d . -- -target=resource',
      },
    ],
    help: [
      "  plan     Runs 'terraform plan' for the changes in this pull request.",
      '           To plan a specific project, use the -d, -w and -p flags.',
    ],
  },
  {
    name: 'apply',
    usage: 'apply',
    flags: byName(
      { name: 'auto-merge-disabled', shorthand: null, takes: 'nothing', help: 'Disable automerge after apply.' },
      {
        name: 'auto-merge-method',
        shorthand: null,
        takes: 'text',
        help: 'Specifies the merge method for the VCS if automerge is enabled. (Currently only implemented for GitHub)',
      },
      dir('Apply the plan for this directory, relative to root of repo'),
      project('Apply the plan for this project.', { alone: true }),
      verbose(),
      workspace('Apply the plan for this Terraform workspace.'),
    ),
    ...noArguments(),
    examples: [
      { title: 'apply all unapplied plans from this pull request', words: 'apply' },
      { title: 'apply the plan for the root directory and staging workspace', words: 'apply -d . -w staging' },
    ],
    help: [
      "  apply    Runs 'terraform apply' on all unapplied plans from this pull request.",
      '           To only apply a specific plan, use the -d, -w and -p flags.',
    ],
  },
  {
    name: 'cancel',
    usage: 'cancel',
    flags: [],
    ...noArguments(),
    examples: [],
    help: [
      '  cancel   Cancels all queued commands for this pull request.',
      '           Already running commands are stopped as well.',
    ],
  },
  {
    name: 'unlock',
    usage: 'unlock',
    flags: [],
    ...noArguments(),
    examples: [],
    help: [
      '  unlock   Removes all atlantis locks and discards all plans for this PR.',
      '           To unlock a specific plan you can use the Atlantis UI.',
    ],
  },
  {
    name: 'approve_policies',
    usage: 'approve_policies',
    flags: byName(
      {
        name: 'clear-policy-approval',
        shorthand: null,
        takes: 'nothing',
        help: 'Clear any existing policy approvals.',
      },
      dir('Approve policies for this directory, relative to root of repo'),
      { name: 'policy-set', shorthand: null, takes: 'text', help: 'Approve only this policy set.' },
      project('Approve policies for this project.', { alone: true }),
      verbose(),
      workspace('Approve policies for this Terraform workspace.'),
    ),
    ...noArguments(),
    examples: [],
    help: ['  approve_policies', '           Approves all current policy checking failures for the PR.'],
  },
  {
    name: 'version',
    usage: 'version',
    flags: byName(
      dir('Which directory to run version in relative to root of repo'),
      project('Print the version for this project.', { alone: false }),
      verbose(),
      workspace('Switch to this Terraform workspace before running version.'),
    ),
    ...noArguments(),
    examples: [],
    help: ["  version  Print the output of 'terraform version'"],
  },
  {
    name: 'import',
    usage: 'import ADDRESS ID',
    flags: byName(
      dir('Which directory to run import in relative to root of repo'),
      project('Which project to run import for.', { alone: true }),
      verbose(),
      workspace('Switch to this Terraform workspace before importing.'),
    ),
    subcommand: null,
    takes: { least: 2, most: 2 },
    examples: [],
    help: [
      '  import ADDRESS ID',
      "           Runs 'terraform import' for the passed address resource.",
      '           To import a specific project, use the -d, -w and -p flags.',
    ],
  },
  {
    name: 'state',
    usage: 'state [rm ADDRESS...]',
    flags: byName(
      dir('Which directory to run state command in relative to root of repo'),
      project('Which project to run state command for.', { alone: true }),
      verbose(),
      workspace('Switch to this Terraform workspace before processing tfstate.'),
    ),
    subcommand: 'rm',
    takes: { least: 1, most: Number.POSITIVE_INFINITY },
    examples: [],
    help: [
      '  state rm ADDRESS...',
      "           Runs 'terraform state rm' for the passed address resource.",
      '           To remove a specific project resource, use the -d, -w and -p flags.',
    ],
  },
];

/** In the order in which answers list what is allowed. */
export const listedCommands: readonly CommandName[] = [
  'version',
  'plan',
  'apply',
  'cancel',
  'unlock',
  'approve_policies',
  'import',
  'state',
];

function noArguments(): Pick<Grammar, 'subcommand' | 'takes'> {
  return { subcommand: null, takes: { least: 0, most: 0 } };
}

function byName(...flags: readonly Flag[]): readonly Flag[] {
  return flags.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function dir(what: string): Flag {
  return { name: 'dir', shorthand: 'd', takes: 'text', help: `${what}, ex. 'child/dir'.` };
}

function project(what: string, { alone }: { readonly alone: boolean }): Flag {
  const help = `${what} Refers to the name of the project configured in a repo config file.`;
  const rule = alone ? ' Cannot be used at same time as workspace or dir flags.' : '';
  return { name: 'project', shorthand: 'p', takes: 'text', help: help + rule };
}

function verbose(): Flag {
  return { name: 'verbose', shorthand: null, takes: 'nothing', help: 'Append Atlantis log to comment.' };
}

function workspace(help: string): Flag {
  return { name: 'workspace', shorthand: 'w', takes: 'text', help };
}
