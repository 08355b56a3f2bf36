import {
  type HostCapabilities,
  type HostRepo,
  mergeMethods,
  type PullHost,
  probeSite,
  type VcsHost,
} from '../index.ts';
import { createGiteaClient, type GiteaClient, type GiteaClientOptions } from './client.ts';
import { createComment, hideComments, listComments, react, updateComment } from './comments.ts';
import { diagnose } from './diagnose.ts';
import { approvers, getFile, getMergeability, getPull, listChangedFiles, listReviews } from './pull-reads.ts';
import { deleteBranch, dismissReviews, mergePull, setStatus } from './pull-writes.ts';
import { repoSchema } from './schemas.ts';
import { isGiteaDelivery, readDelivery } from './webhook.ts';

export type GiteaHostOptions = GiteaClientOptions & {
  /** null: deliveries are believed unsigned. */
  readonly webhookSecret: string | null;
  /** How long to wait at first while Gitea looks for conflicts; 500 ms by default. */
  readonly pollMs?: number;
};

const capabilities: HostCapabilities = {
  pulls: true,
  // Gitea has no limit. This is what GitHub takes, and a page with some such comments is still read with ease.
  maxCommentLength: 65_536,
  markdown: { folding: true, requestName: 'Pull Request', pullSign: '#' },
  statuses: true,
  everyStatusBlocks: false,
  reactions: true,
  hideComments: true,
  teams: false,
  dismissReviews: true,
  fileFetch: true,
  mergeMethods,
  mergeTitle: 'Atlantis merge',
};

/**
 * Gitea and Forgejo, which differ in nothing that we use. The hostname is that of `baseUrl` without a port, as
 * allow-lists of Atlantis have it. Asks nothing before it is used.
 */
export function giteaHost(options: GiteaHostOptions): VcsHost {
  const client = createGiteaClient(options);
  const { user: username, token: password } = options;
  return {
    type: 'Gitea',
    hostname: new URL(options.baseUrl).hostname,
    capabilities,
    findRepo: (fullName) => findRepo(client, fullName, options),
    gitAccess: async () => ({ url: siteUrl(options), credentials: { username, password } }),
    pulls: pullHost(client, options),
    webhooks: {
      recognises: isGiteaDelivery,
      statusWhenNotAllowed: 200,
      readEvent: (rawBody, headers) => readDelivery(rawBody, headers, options.webhookSecret),
    },
    diagnose: (order) => diagnose({ client, options, order, probe: (url) => probeSite(options, url) }),
  };
}

async function findRepo(
  client: GiteaClient,
  fullName: string,
  options: GiteaHostOptions,
): Promise<HostRepo | undefined> {
  if (!/^[\w.-]+\/[\w.-]+$/.test(fullName)) return undefined;
  const repo = await client.find('GET /repos/{fullName}', { fullName }, repoSchema);
  if (!repo) return undefined;
  // Gitea's own `clone_url` may name an address that is not ours to send the token to, or cannot be reached from here.
  const url = `${siteUrl(options)}/${repo.full_name}.git`;
  const credentials = { username: options.user, password: options.token };
  return { fullName: repo.full_name, source: { url, credentials }, webUrl: repo.html_url };
}

function siteUrl({ baseUrl }: GiteaHostOptions): string {
  return baseUrl.replace(/\/+$/, '');
}

function pullHost(client: GiteaClient, { user, pollMs = 500 }: GiteaHostOptions): PullHost {
  return {
    ownLogin: async () => user,
    getPull: (pull) => getPull(client, pull),
    listChangedFiles: (pull) => listChangedFiles(client, pull),
    getFile: (fullName, { path, ref }) => getFile(client, { fullName, path, ref }),
    getApproval: async (pull) => {
      const by = approvers(await listReviews(client, pull));
      return { approved: by.length > 0, by };
    },
    getMergeability: (pull) => getMergeability(client, pull, pollMs),
    listTeams: async () => [],
    listComments: (pull) => listComments(client, pull),
    createComment: (pull, body) => createComment(client, pull, body),
    updateComment: (pull, comment) => updateComment(client, pull, comment),
    hideComments: (pull, commentIds) => hideComments(client, pull, commentIds),
    react: (pull, reaction) => react(client, pull, reaction),
    setStatus: (pull, status) => setStatus(client, pull, status),
    mergePull: (pull, request) => mergePull(client, pull, { request, pollMs }),
    deleteBranch: (fullName, branch) => deleteBranch(client, fullName, branch),
    dismissReviews: (pull, message) => dismissReviews(client, pull, message),
  };
}
