import { checkAllowCommands, checkRepoAllowlist } from '../checks.ts';
import type { OptionRows } from '../option.ts';

const noPulls = 'pull requests are not handled yet';
const noComments = 'no comments are written yet';
const noStatuses = 'no commit statuses are set yet';
const noTeams = 'the teams of users are not read yet, so that it would restrict nobody';
const noServerConfig = 'server-side rules for repositories are not read yet, so that none of them would hold';

export const repositoryPolicyOptions = {
  'repo-allowlist': {
    type: 'string',
    default: '',
    shownDefault: 'none: it must be set',
    status: 'built',
    check: checkRepoAllowlist,
    help: 'Repositories to work for: rules such as `github.com/acme/*` with commas between them; `*` is any text, `!` in front takes out. The host of local repositories is `local`.',
  },
  'repo-config': {
    type: 'string',
    default: '',
    status: 'protects',
    why: noServerConfig,
    path: true,
    help: 'File with server-side rules for repositories.',
  },
  'repo-config-json': {
    type: 'string',
    default: '',
    status: 'protects',
    why: noServerConfig,
    multiline: true,
    help: 'The same rules as JSON text.',
  },
  'allow-commands': {
    type: 'list',
    default: ['version', 'plan', 'apply', 'unlock', 'approve_policies', 'cancel'],
    status: 'built',
    check: checkAllowCommands,
    help: 'Commands that may be given, over the API too: those of the default, `import`, `state`, `policy_check`, or `all`.',
  },
  'blocked-extra-args': {
    type: 'list',
    default: ['-chdir', '--chdir', '-plugin-dir', '--plugin-dir'],
    status: 'later',
    why: 'no command takes extra arguments yet, so that none gets through',
    help: 'Arguments for Terraform that a comment may not pass after `--`.',
  },
  'allow-fork-prs': {
    type: 'bool',
    default: false,
    status: 'later',
    why: noPulls,
    help: 'Accept pull requests from forks.',
  },
  'allow-draft-prs': {
    type: 'bool',
    default: false,
    status: 'later',
    why: noPulls,
    help: 'Plan drafts by themselves too.',
  },
  'var-file-allowlist': {
    type: 'list',
    default: [],
    shownDefault: 'the value of `--data-dir`',
    status: 'protects',
    why: 'arguments are not compared with it yet',
    derive: ({ value }) => [value('data-dir')],
    help: 'Folders outside the repository from which a comment may name a `-var-file`.',
  },
  'gh-team-allowlist': {
    type: 'string',
    default: '',
    status: 'protects',
    why: noTeams,
    help: 'Which GitHub teams may give which commands: `team:command` pairs.',
  },
  'gitlab-group-allowlist': {
    type: 'string',
    default: '',
    status: 'protects',
    why: noTeams,
    help: 'Which GitLab groups may give which commands: `group/path:command` pairs.',
  },
  'silence-allowlist-errors': {
    type: 'bool',
    default: false,
    status: 'later',
    why: noComments,
    help: 'Do not comment where the repository is not on the allow-list.',
  },
  'silence-fork-pr-errors': {
    type: 'bool',
    default: false,
    status: 'later',
    why: noComments,
    help: 'Do not comment on refused pull requests from forks.',
  },
  'silence-no-projects': {
    type: 'bool',
    default: false,
    status: 'later',
    why: noComments,
    help: 'Do not comment when a pull request touches no project.',
  },
  'silence-vcs-status-no-plans': {
    type: 'bool',
    default: false,
    status: 'later',
    why: noStatuses,
    help: 'Set no commit status when there is nothing to plan by itself.',
  },
  'silence-vcs-status-no-projects': {
    type: 'bool',
    default: false,
    status: 'later',
    why: noStatuses,
    help: 'Set no commit status when a command meets no project.',
  },
  'disable-repo-locking': {
    type: 'bool',
    default: false,
    status: 'built',
    help: 'Run without project locks: two runs may then plan one project at a time.',
  },
  'disable-global-apply-lock': {
    type: 'bool',
    default: false,
    status: 'built',
    help: 'Take away the lock that stops all applies, with its button and routes.',
  },
  'disable-unlock-label': {
    type: 'string',
    default: '',
    status: 'later',
    why: noPulls,
    help: 'Label of a pull request on which the `unlock` comment is refused.',
  },
} as const satisfies OptionRows;
