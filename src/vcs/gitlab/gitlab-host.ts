import { type HostCapabilities, type HostRepo, type PullHost, probeSite, type VcsHost } from '../index.ts';
import { createGitlabClient, type GitlabClient, type GitlabClientOptions } from './client.ts';
import { createComment, hideComments, react, updateComment } from './comments.ts';
import { diagnose } from './diagnose.ts';
import { listGroups } from './list-groups.ts';
import { getMergeability } from './mergeability.ts';
import { findProject, getApproval, getFile, getPull, listChangedFiles, listComments } from './pull-reads.ts';
import { deleteBranch, dismissReviews, mergePull } from './pull-writes.ts';
import { createStatusWriter } from './set-status.ts';
import { siteOf } from './site.ts';
import { isGitlabDelivery, readDelivery } from './webhook.ts';

export type GitlabHostOptions = Omit<GitlabClientOptions, 'site'> & {
  /** `--gitlab-hostname`: may have a scheme, a port and a path. */
  readonly hostname: string;
  /** The login that the token belongs to. */
  readonly user: string;
  /** null: every delivery is believed. */
  readonly webhookSecret: string | null;
  /** The groups, by their full paths, that `listTeams` looks into: those that rules name. */
  readonly groups: readonly string[];
  /** `--gitlab-status-retry-enabled`: looks longer for the pipeline that a status belongs to. */
  readonly statusRetry: boolean;
  /** How long to wait at first where GitLab takes its time; 500 ms by default. */
  readonly pollMs?: number;
};

const capabilities: HostCapabilities = {
  pulls: true,
  // GitLab takes 1,000,000 characters; the rest is for folding a comment away.
  maxCommentLength: 999_900,
  markdown: { folding: true, requestName: 'Merge Request', pullSign: '!' },
  statuses: true,
  // Where pipelines must succeed: they are made of statuses.
  everyStatusBlocks: true,
  reactions: true,
  hideComments: true,
  teams: true,
  dismissReviews: true,
  fileFetch: true,
  // The settings of each project decide.
  mergeMethods: [],
  mergeTitle: '[Atlantis] Automatically merging after successful apply: PR #<number>',
};

/**
 * GitLab.com and GitLab Self-Managed, from 15.7. Asks nothing before it is used. Throws `option_invalid` for a host name
 * that is none.
 */
export function gitlabHost(options: GitlabHostOptions): VcsHost {
  const site = siteOf(options.hostname);
  const client = createGitlabClient({ ...options, site });
  const { user, token, now } = options;
  const hasSecret = options.webhookSecret !== null;
  return {
    type: 'Gitlab',
    hostname: site.hostname,
    capabilities,
    findRepo: (fullName) => findRepo(client, options, fullName),
    gitAccess: async () => ({ url: `${site.origin}${site.path}`, credentials: { username: user, password: token } }),
    pulls: pullHost(client, options),
    webhooks: {
      recognises: isGitlabDelivery,
      statusWhenNotAllowed: 403,
      readEvent: (rawBody, headers) => readDelivery(rawBody, headers, { site, webhookSecret: options.webhookSecret }),
    },
    diagnose: (order) =>
      diagnose({ client, site, user, hasSecret, order, now, probe: (url) => probeSite(options, url) }),
  };
}

/** https://docs.gitlab.com/user/reserved_names/#limitations-on-usernames-project-and-group-names-and-slugs */
const possibleName = /^[\w-][\w.-]*(\/[\w-][\w.-]*)+$/;

type Credentials = Pick<GitlabHostOptions, 'user' | 'token'>;

async function findRepo(client: GitlabClient, { user, token }: Credentials, fullName: string) {
  if (!possibleName.test(fullName)) return undefined;
  const project = await findProject(client, fullName);
  if (!project) return undefined;
  const source = { url: project.http_url_to_repo, credentials: { username: user, password: token } };
  return { fullName: project.path_with_namespace, source, webUrl: project.web_url } satisfies HostRepo;
}

function pullHost(client: GitlabClient, options: GitlabHostOptions): PullHost {
  const { user, groups, statusRetry, pollMs = 500, now } = options;
  const setStatus = createStatusWriter(client, { looks: statusRetry ? 5 : 2, pauseMs: pollMs, now });
  return {
    ownLogin: async () => user,
    getPull: (pull) => getPull(client, pull),
    listChangedFiles: (pull) => listChangedFiles(client, pull),
    getFile: (fullName, file) => getFile(client, { fullName, ...file }),
    getApproval: (pull) => getApproval(client, pull),
    getMergeability: (pull, ignores) => getMergeability(client, pull, { pollMs, ignores }),
    listTeams: (_, login) => listGroups(client, groups, login),
    listComments: (pull) => listComments(client, pull),
    createComment: (pull, body) => createComment(client, pull, body),
    updateComment: (pull, comment) => updateComment(client, pull, comment),
    hideComments: (pull, commentIds) => hideComments(client, pull, commentIds),
    react: (pull, reaction) => react(client, pull, reaction),
    setStatus,
    mergePull: (pull, request) => mergePull(client, pull, { ...request, pollMs }),
    deleteBranch: (fullName, branch) => deleteBranch(client, fullName, branch),
    dismissReviews: (pull) => dismissReviews(client, pull),
  };
}
