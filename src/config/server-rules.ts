import type { OptionName, Options } from './table/index.ts';

/** What the rules look at: the values, and which options are set to something else than their default. */
export type Setting = { readonly options: Options; readonly changed: ReadonlySet<string> };

/** A condition over several options: gives the messages of what is wrong. */
export type Rule = (setting: Setting) => readonly string[];

const credentialForms = [
  '--gh-user/--gh-token',
  '--gh-user/--gh-token-file',
  '--gh-app-id/--gh-app-key-file',
  '--gh-app-id/--gh-app-key',
  '--gitea-user/--gitea-token',
  '--gitlab-user/--gitlab-token',
  '--bitbucket-user/--bitbucket-token',
  '--azuredevops-user/--azuredevops-token',
  '--local-repos-dir',
];
const someHost = `${credentialForms.join(' or ')} must be set`;

/** Each needs the other. */
const pairs: readonly (readonly [OptionName, OptionName])[] = [
  ['gitea-user', 'gitea-token'],
  ['gitlab-user', 'gitlab-token'],
  ['bitbucket-user', 'bitbucket-token'],
  ['azuredevops-user', 'azuredevops-token'],
];

const ssl: Rule = ({ options }) =>
  (options.sslKeyFile === '') === (options.sslCertFile === '')
    ? []
    : ['--ssl-key-file and --ssl-cert-file are both required for ssl'];

const language: Rule = ({ options }) =>
  ['en', 'es'].includes(options.language) || options.languageConfigFile !== ''
    ? []
    : [`unsupported language ${JSON.stringify(options.language)}: supported languages are en, es (--language)`];

/** Whose repositories there are to work for, with each host's credentials complete. */
const hosts: Rule = ({ options: o, changed }) => {
  const has = (name: OptionName) => changed.has(name);
  const githubTokens = [has('gh-token'), has('gh-token-file')].filter(Boolean).length;
  const githubKeys = [has('gh-app-key'), has('gh-app-key-file')].filter(Boolean).length;
  const problems: string[] = [];
  if (has('gh-user') !== githubTokens > 0) problems.push('--gh-user goes with --gh-token or --gh-token-file');
  if (githubTokens === 2) problems.push('--gh-token and --gh-token-file exclude each other');
  if (has('gh-app-id') !== githubKeys > 0) problems.push('--gh-app-id goes with --gh-app-key or --gh-app-key-file');
  if (githubKeys === 2) problems.push('--gh-app-key and --gh-app-key-file exclude each other');
  for (const [user, token] of pairs) {
    if (has(user) !== has(token)) problems.push(`--${user} goes with --${token}`);
  }
  const users = [o.ghUser, o.giteaUser, o.gitlabUser, o.bitbucketUser, o.azuredevopsUser];
  const isSomebody = users.some((user) => user !== '') || o.ghAppId !== 0 || o.localReposDir !== '';
  if (problems.length === 0) return isSomebody ? [] : [someHost];
  return problems.map((problem) => `${problem}: ${someHost}`);
};

const repoAllowlist: Rule = ({ options }) =>
  /^[\s,]*$/.test(options.repoAllowlist) ? ['--repo-allowlist must be set for security purposes'] : [];

const serverConfig: Rule = ({ options }) =>
  options.repoConfig !== '' && options.repoConfigJson !== ''
    ? ['cannot use --repo-config and --repo-config-json at the same time']
    : [];

const terraformEnterprise: Rule = ({ options, changed }) =>
  changed.has('tfe-hostname') && options.tfeToken === '' ? ['if setting --tfe-hostname, must set --tfe-token'] : [];

const redisCluster: Rule = ({ options, changed }) => {
  if (options.redisClusterAddresses === '') return [];
  const problems = ['redis-host', 'redis-port']
    .filter((name) => changed.has(name))
    .map((name) => `--redis-cluster-addresses cannot be combined with --${name}`);
  const database = '--redis-db is not supported in cluster mode (Redis Cluster ignores the DB parameter)';
  return changed.has('redis-db') ? [...problems, database] : problems;
};

const drift: Rule = ({ options }) =>
  options.enableDriftRemediation && !options.enableDriftDetection
    ? ['--enable-drift-remediation requires --enable-drift-detection']
    : [];

const githubApp: Rule = ({ options }) =>
  options.ghAppId !== 0 && !options.writeGitCreds ? ['github App requires --write-git-creds to support cloning'] : [];

const externalStores: Rule = ({ options }) =>
  options.enableExternalStores && options.repoConfig === '' && options.repoConfigJson === ''
    ? [
        '--enable-external-stores is set but no external_stores.plan_store.type is configured in the server-side repo config',
      ]
    : [];

/** The password that everybody knows protects nothing. */
const webPassword: Rule = ({ options, changed }) =>
  options.webBasicAuth && !changed.has('web-password')
    ? ['--web-basic-auth needs --web-password set to something else than the default']
    : [];

/**
 * What is judged at the start, in Atlantis' order: single options by name, and rules over several. Options that are
 * not named here are judged after these, in the order of the table.
 */
export const startUpOrder: readonly (OptionName | Rule)[] = [
  'log-level',
  language,
  'default-tf-distribution',
  'checkout-strategy',
  'automerge-method',
  ssl,
  hosts,
  repoAllowlist,
  'repo-allowlist',
  'bitbucket-base-url',
  'gitea-base-url',
  serverConfig,
  terraformEnterprise,
  redisCluster,
  'autoplan-file-list',
  'allow-commands',
  'webhook-http-headers',
  drift,
  'atlantis-url',
  githubApp,
  externalStores,
  webPassword,
];
