import { checkBaseUrl, checkHostname, checkSiteUrl } from '../checks.ts';
import type { OptionRows } from '../option.ts';

const noHost = 'this version does not work with Bitbucket or Azure DevOps yet';

/** Rows that differ in their help alone. */
const later = { status: 'later', why: noHost } as const;
const built = { status: 'built' } as const;
const text = { type: 'string', default: '', ...built } as const;
const login = { ...text, login: true } as const;
const secret = { ...text, secret: true } as const;
const file = { ...text, path: true } as const;

export const hostOptions = {
  'gh-user': { ...login, help: 'Login of the GitHub account to work as.' },
  'gh-token': { ...secret, help: 'Token of that account.' },
  'gh-token-file': { ...file, help: 'File that holds the token; read again when it changes.' },
  'gh-app-id': { type: 'int', default: 0, ...built, min: 0, help: 'Id of the GitHub App to work as.' },
  'gh-app-installation-id': {
    type: 'int',
    default: 0,
    ...built,
    min: 0,
    help: 'Installation of the GitHub App to use, where it has several.',
  },
  'gh-app-key': { ...secret, multiline: true, help: 'Private key of the GitHub App, in PEM.' },
  'gh-app-key-file': { ...file, help: 'File that holds the private key of the GitHub App.' },
  'gh-app-slug': { ...text, help: "The GitHub App's name in URLs." },
  'gh-hostname': {
    type: 'string',
    default: 'github.com',
    ...built,
    check: checkHostname('gh-hostname', 'gh-token'),
    help: 'Host name of GitHub.',
  },
  'gh-org': { ...text, help: 'Organisation in which the GitHub App is made.' },
  'gh-webhook-secret': { ...secret, help: 'Secret that signs webhooks of GitHub.' },
  'gitlab-user': { ...login, help: 'Login of the GitLab account to work as.' },
  'gitlab-token': { ...secret, help: 'Token of that account.' },
  'gitlab-webhook-secret': { ...secret, help: 'Secret that webhooks of GitLab carry.' },
  'gitlab-hostname': {
    type: 'string',
    default: 'gitlab.com',
    ...built,
    check: checkHostname('gitlab-hostname', 'gitlab-token'),
    help: 'Host name of GitLab; may have a scheme, a port and a path.',
  },
  'gitlab-status-retry-enabled': {
    type: 'bool',
    default: false,
    ...built,
    help: 'Try longer to set a commit status on GitLab.',
  },
  'gitea-user': { ...login, help: 'Login of the Gitea account to work as.' },
  'gitea-token': { ...secret, help: 'Token of that account.' },
  'gitea-webhook-secret': { ...secret, help: 'Secret that signs webhooks of Gitea.' },
  'gitea-base-url': {
    type: 'string',
    default: 'https://gitea.com',
    ...built,
    check: checkSiteUrl('gitea-base-url', 'gitea-token'),
    help: 'Base URL of Gitea or Forgejo.',
  },
  'gitea-page-size': {
    type: 'int',
    default: 30,
    ...built,
    zeroIsDefault: true,
    min: 1,
    help: 'How many rows to ask Gitea for at a time.',
  },
  'bitbucket-user': { ...login, ...later, help: 'Login of the Bitbucket account to work as.' },
  'bitbucket-token': { ...secret, ...later, help: 'App password or token of that account.' },
  'bitbucket-webhook-secret': { ...secret, ...later, help: 'Secret that signs webhooks of Bitbucket.' },
  'bitbucket-api-user': {
    ...login,
    ...later,
    shownDefault: 'the value of `--bitbucket-user`',
    derive: ({ value }: { value: (name: string) => string }) => value('bitbucket-user'),
    help: "Login for Bitbucket's API, where it differs.",
  },
  'bitbucket-base-url': {
    type: 'string',
    default: 'https://api.bitbucket.org',
    ...later,
    check: checkBaseUrl('bitbucket-base-url'),
    help: 'Base URL of Bitbucket; any but the default means Bitbucket Server.',
  },
  'azuredevops-user': { ...login, ...later, help: 'Login of the Azure DevOps account to work as.' },
  'azuredevops-token': { ...secret, ...later, help: 'Token of that account.' },
  'azuredevops-webhook-user': { ...text, ...later, help: 'User name that webhooks of Azure DevOps carry.' },
  'azuredevops-webhook-password': { ...secret, ...later, help: 'Password that webhooks of Azure DevOps carry.' },
  'azuredevops-hostname': {
    type: 'string',
    default: 'dev.azure.com',
    ...later,
    help: 'Host name of Azure DevOps.',
  },
  'write-git-creds': {
    type: 'bool',
    default: false,
    ...built,
    help: "Let the engine's `init` fetch modules from private repositories of these hosts. Their credentials are written nowhere.",
  },
} as const satisfies OptionRows;
