import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Options } from '../config/index.ts';
import { PolderError } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import { giteaHost } from '../vcs/gitea/index.ts';
import { type GithubCredentials, githubHost } from '../vcs/github/index.ts';
import { gitlabHost } from '../vcs/gitlab/index.ts';
import { createHosts, type Hosts, trustedAuthorities, type VcsHost } from '../vcs/index.ts';
import { type LocalHostOptions, localHost } from '../vcs/local/index.ts';
import { githubHostname } from './github-hostname.ts';
import { namedGroups } from './named-groups.ts';

export type HostOrder = {
  readonly options: Options;
  readonly log: Log;
  readonly now: () => number;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What local pull requests need; null: local repositories have none. */
  readonly localPulls: NonNullable<LocalHostOptions['pulls']> | null;
};

type Connection = { readonly authorities: readonly string[]; readonly log: Log; readonly now: () => number };

/**
 * The hosts that the options name; a host counts as named when its user, app or token is set. Asks none of them. Throws
 * `option_invalid` for options that cannot be meant together, naming the flags.
 */
export async function buildHosts(order: HostOrder): Promise<Hosts> {
  const { options, log, now } = order;
  const named = namedHosts(options);
  const connection = { authorities: named.length > 0 ? await trustedAuthorities(order.env, log) : [], log, now };
  const hosts = [github(options, connection), gitlab(options, connection), gitea(options, connection), local(order)];
  for (const { secret, flag } of named) {
    // Without a secret anybody who can reach the server can tell it what to plan and apply.
    if (secret === '') log.warn(`every webhook is believed: set --${flag}-webhook-secret`);
  }
  return createHosts(hosts.filter((host) => host !== undefined));
}

/** Those that are not on this machine. */
function namedHosts(options: Options): { readonly secret: string; readonly flag: string }[] {
  return [
    { isNamed: options.ghUser !== '' || options.ghAppId !== 0, secret: options.ghWebhookSecret, flag: 'gh' },
    { isNamed: options.gitlabUser !== '', secret: options.gitlabWebhookSecret, flag: 'gitlab' },
    { isNamed: options.giteaToken !== '', secret: options.giteaWebhookSecret, flag: 'gitea' },
  ].filter((host) => host.isNamed);
}

function github(options: Options, connection: Connection): VcsHost | undefined {
  const credentials = githubCredentials(options);
  if (!credentials) return undefined;
  return githubHost({
    ...connection,
    hostname: githubHostname(options.ghHostname),
    credentials,
    webhookSecret: secretOf(options.ghWebhookSecret),
    allowMergeableBypass: options.ghAllowMergeableBypassApply,
  });
}

function githubCredentials(options: Options): GithubCredentials | undefined {
  const { ghUser, ghToken, ghTokenFile, ghAppId } = options;
  if (ghAppId !== 0) return appCredentials(options);
  if (ghUser === '') return undefined;
  if (ghToken === '' && ghTokenFile === '') {
    throw new PolderError('option_invalid', '--gh-user needs --gh-token or --gh-token-file');
  }
  const token = ghTokenFile === '' ? async () => ghToken : () => readTokenFile(ghTokenFile);
  return { kind: 'token', user: ghUser, token };
}

function appCredentials({ ghAppId, ghAppKey, ghAppKeyFile, ghAppInstallationId, ghAppSlug }: Options) {
  if (ghAppKey === '' && ghAppKeyFile === '') {
    throw new PolderError('option_invalid', '--gh-app-id needs --gh-app-key or --gh-app-key-file');
  }
  return {
    kind: 'app',
    appId: ghAppId,
    privateKey: ghAppKey === '' ? readKeyFile(ghAppKeyFile) : ghAppKey,
    installationId: ghAppInstallationId === 0 ? null : ghAppInstallationId,
    slug: ghAppSlug === '' ? null : ghAppSlug,
  } as const;
}

/** Read anew for each use, so that a token that is exchanged counts at once. */
async function readTokenFile(path: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (cause) {
    throw new PolderError('host_refused', `reading --gh-token-file ${path}: it cannot be read`, { cause });
  }
}

function readKeyFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new PolderError('option_invalid', `reading --gh-app-key-file ${path}: it cannot be read`, { cause });
  }
}

function gitlab(options: Options, connection: Connection): VcsHost | undefined {
  const { gitlabUser: user, gitlabToken: token } = options;
  if (user === '') return undefined;
  if (token === '') throw new PolderError('option_invalid', '--gitlab-user needs --gitlab-token');
  return gitlabHost({
    ...connection,
    hostname: options.gitlabHostname,
    user,
    token,
    webhookSecret: secretOf(options.gitlabWebhookSecret),
    groups: namedGroups(options.gitlabGroupAllowlist),
    statusRetry: options.gitlabStatusRetryEnabled,
  });
}

function gitea(options: Options, connection: Connection): VcsHost | undefined {
  const { giteaUser: user, giteaToken: token } = options;
  if (token === '') return undefined;
  return giteaHost({
    ...connection,
    baseUrl: options.giteaBaseUrl,
    user,
    token,
    pageSize: options.giteaPageSize,
    webhookSecret: secretOf(options.giteaWebhookSecret),
  });
}

function local({ options, log, localPulls }: HostOrder): VcsHost | undefined {
  const reposDir = options.localReposDir;
  if (reposDir === '') return undefined;
  if (!existsSync(reposDir)) log.warn({ reposDir }, 'there is no --local-repos-dir yet');
  return localHost({ reposDir, ...(localPulls ? { pulls: localPulls } : {}) });
}

function secretOf(text: string): string | null {
  return text === '' ? null : text;
}
