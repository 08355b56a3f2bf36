import { z } from 'zod';
import type { Log } from '../../lib/log.ts';
import { allButComments, createHostFetch, type HostFetchOptions, undefinedWhenMissing, understood } from '../index.ts';
import { createRequester } from './requester.ts';
import type { GitlabSite } from './site.ts';

export type GitlabClientOptions = Pick<HostFetchOptions, 'authorities' | 'now' | 'timeoutMs' | 'patienceMs'> & {
  readonly site: GitlabSite;
  /** A personal, group or project access token. */
  readonly token: string;
  readonly log: Log;
};

type Page = { readonly page: number; readonly perPage: number; readonly showExpanded: true };

/**
 * Asks GitLab. Everything throws `host_unavailable` or `host_refused`, whose details hold GitLab's `status` and what it
 * `said`. `call` uses one function of the library; what it gives is believed only as far as `schema` goes. `what` is
 * for the error, such as `reading a merge request`.
 */
export type GitlabClient = {
  ask<T>(what: string, call: (api: GitlabApi) => Promise<unknown>, schema: z.ZodType<T>): Promise<T>;
  /** As `ask`, for what need not exist: undefined for status 404. */
  find<T>(what: string, call: (api: GitlabApi) => Promise<unknown>, schema: z.ZodType<T>): Promise<T | undefined>;
  /** All pages of a list. It is not complete when the host breaks its own rules about pages. */
  list<T>(
    what: string,
    call: (api: GitlabApi, page: Page) => Promise<unknown>,
    item: z.ZodType<T>,
  ): Promise<{ readonly items: T[]; readonly complete: boolean }>;
};

export type GitlabApi = Awaited<ReturnType<typeof loadApi>>;

/** No list that we read has more: a merge request with 10,000 comments is beyond reading. */
const mostPages = 100;

export function createGitlabClient(options: GitlabClientOptions): GitlabClient {
  const hostFetch = createHostFetch({
    ...options,
    origin: options.site.origin,
    isRepeatable: allButComments(/\/merge_requests\/\d+\/notes$/),
  });
  const requester = createRequester(hostFetch, options.token);
  let loaded: ReturnType<typeof loadApi> | undefined;
  const api = () => {
    loaded ??= loadApi(`${options.site.origin}${options.site.path}`, requester);
    return loaded;
  };
  const ask: GitlabClient['ask'] = async (what, call, schema) =>
    understood({ host: 'GitLab', what }, schema, await call(await api()));
  return {
    ask,
    find: (what, call, schema) => ask(what, call, schema).catch(undefinedWhenMissing),
    list: async (what, call, item) => {
      const items: z.infer<typeof item>[] = [];
      for (let page = 1; page <= mostPages; page += 1) {
        const expanded: Page = { page, perPage: 100, showExpanded: true };
        const reply = await ask(what, (gitlab) => call(gitlab, expanded), pageOf(item));
        items.push(...reply.data);
        if (reply.paginationInfo.next === null) return { items, complete: true };
      }
      return { items, complete: false };
    },
  };
}

/**
 * The parts of the library that are used. It takes some 70 ms to load, so that only servers that ask GitLab load it. Its
 * own rate limits and timeouts are off: those of our fetch hold.
 */
async function loadApi(host: string, requesterFn: ReturnType<typeof createRequester>) {
  const library = await import('@gitbeaker/rest');
  const options = { host, requesterFn, rateLimits: {}, queryTimeout: null };
  return {
    approvals: new library.MergeRequestApprovals(options),
    branches: new library.Branches(options),
    commits: new library.Commits(options),
    emojis: new library.MergeRequestNoteAwardEmojis(options),
    files: new library.RepositoryFiles(options),
    hooks: new library.ProjectHooks(options),
    members: new library.GroupMembers(options),
    mergeRequests: new library.MergeRequests(options),
    metadata: new library.Metadata(options),
    notes: new library.MergeRequestNotes(options),
    projects: new library.Projects(options),
    tokens: new library.PersonalAccessTokens(options),
    users: new library.Users(options),
  };
}

function pageOf<T>(item: z.ZodType<T>) {
  return z.object({ data: z.array(item), paginationInfo: z.object({ next: z.number().nullable() }) });
}
