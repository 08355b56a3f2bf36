import {
  type GitAccess,
  type HostCapabilities,
  type HostRepo,
  mergeMethods,
  type PullHost,
  probeSite,
  type VcsHost,
} from '../index.ts';
import { createGithubClient, type GithubClient, type GithubClientOptions } from './client.ts';
import { createComment, hideComments, listComments, react, updateComment } from './comments.ts';
import { diagnose } from './diagnose.ts';
import { listTeams } from './list-teams.ts';
import { getMergeability } from './mergeability.ts';
import { approvers, getFile, getPull, listChangedFiles, listReviews, repoParameters } from './pull-reads.ts';
import { deleteBranch, dismissReviews, mergePull, setStatus } from './pull-writes.ts';
import { repoSchema } from './schemas.ts';
import { isGithubDelivery, readDelivery } from './webhook.ts';

export type GithubHostOptions = GithubClientOptions & {
  /** null: deliveries are believed unsigned. */
  readonly webhookSecret: string | null;
  /** `--gh-allow-mergeable-bypass-apply` */
  readonly allowMergeableBypass: boolean;
  /** How long to wait at first while GitHub works out whether it can merge; 500 ms by default. */
  readonly pollMs?: number;
};

const capabilities: HostCapabilities = {
  pulls: true,
  // GitHub counts characters; ours are never more than that.
  maxCommentLength: 65_536,
  markdown: { folding: true, requestName: 'Pull Request', pullSign: '#' },
  statuses: true,
  everyStatusBlocks: false,
  reactions: true,
  hideComments: true,
  teams: true,
  dismissReviews: true,
  fileFetch: true,
  mergeMethods,
  mergeTitle: null,
};

/**
 * GitHub, GitHub Enterprise Cloud and GitHub Enterprise Server (`hostname` is then its own, with the port where it has
 * one). Asks nothing before it is used. Throws `option_invalid` for a key that is none.
 */
export function githubHost(options: GithubHostOptions): VcsHost {
  const client = createGithubClient(options);
  return {
    type: 'Github',
    hostname: options.hostname,
    capabilities,
    findRepo: (fullName) => findRepo(client, { hostname: options.hostname, fullName }),
    gitAccess: async () => ({ url: `https://${options.hostname}`, credentials: await gitCredentials(client) }),
    pulls: pullHost(client, options),
    webhooks: {
      recognises: isGithubDelivery,
      statusWhenNotAllowed: 403,
      readEvent: (rawBody, headers) => readDelivery(rawBody, headers, options.webhookSecret),
    },
    diagnose: (order) => diagnose({ client, options, order, probe: (url) => probeSite(options, url) }),
  };
}

/** https://docs.github.com/en/repositories/creating-and-managing-repositories/about-repositories */
const possibleName = /^[\w-]+\/[\w.-]+$/;

async function findRepo(
  client: GithubClient,
  { hostname, fullName }: { readonly hostname: string; readonly fullName: string },
): Promise<HostRepo | undefined> {
  if (!possibleName.test(fullName) || /\/\.\.?$/.test(fullName)) return undefined;
  const repo = await client.find('GET /repos/{owner}/{repo}', repoParameters(fullName), repoSchema);
  if (!repo) return undefined;
  const source = { url: repo.clone_url, credentials: await gitCredentials(client) };
  return { fullName: repo.full_name, source, webUrl: repo.html_url ?? `https://${hostname}/${repo.full_name}` };
}

async function gitCredentials({ auth }: GithubClient): Promise<GitAccess['credentials']> {
  return { username: auth.gitUsername, password: await auth.token() };
}

function pullHost(client: GithubClient, options: GithubHostOptions): PullHost {
  const { allowMergeableBypass: allowBypass, pollMs = 500 } = options;
  return {
    ownLogin: () => client.auth.ownLogin(),
    getPull: (pull) => getPull(client, pull),
    listChangedFiles: (pull) => listChangedFiles(client, pull),
    getFile: (fullName, file) => getFile(client, { fullName, ...file }),
    getApproval: async (pull) => {
      const by = approvers(await listReviews(client, pull));
      return { approved: by.length > 0, by };
    },
    getMergeability: (pull, ignores) => getMergeability(client, pull, { allowBypass, pollMs, ignores }),
    listTeams: (fullName, login) => listTeams(client, fullName, login),
    listComments: (pull) => listComments(client, pull),
    createComment: (pull, body) => createComment(client, pull, body),
    updateComment: (pull, comment) => updateComment(client, pull, comment),
    hideComments: (pull, commentIds) => hideComments(client, pull, commentIds),
    react: (pull, reaction) => react(client, pull, reaction),
    setStatus: (pull, status) => setStatus(client, pull, status),
    mergePull: (pull, request) => mergePull(client, pull, request),
    deleteBranch: (fullName, branch) => deleteBranch(client, fullName, branch),
    dismissReviews: (pull, message) => dismissReviews(client, pull, message),
  };
}
