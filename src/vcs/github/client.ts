import { Octokit } from '@octokit/core';
import { paginateRest } from '@octokit/plugin-paginate-rest';
import type { z } from 'zod';
import { errorText, isPolderError, PolderError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import { createHostFetch, type HostFetchOptions } from '../index.ts';
import { createAuth, type GithubAuth, type GithubCredentials } from './auth.ts';

export type GithubClientOptions = Pick<HostFetchOptions, 'authorities' | 'now' | 'timeoutMs' | 'patienceMs'> & {
  readonly hostname: string;
  readonly credentials: GithubCredentials;
  readonly log: Log;
};

type Parameters = Readonly<Record<string, unknown>>;
type ReplyHeaders = Readonly<Record<string, string | number | undefined>>;

/** Asks GitHub. Everything throws `host_unavailable` or `host_refused`, whose details hold GitHub's `status`. */
export type GithubClient = {
  readonly auth: GithubAuth;
  /** `route` as GitHub's documentation writes it, such as `GET /repos/{owner}/{repo}`. */
  ask<T>(route: string, parameters: Parameters, schema: z.ZodType<T>): Promise<T>;
  /** As `ask`, with the headers of the reply. */
  look<T>(route: string, parameters: Parameters, schema: z.ZodType<T>): Promise<{ data: T; headers: ReplyHeaders }>;
  /** As `ask`, for what need not exist: undefined for status 404. */
  find<T>(route: string, parameters: Parameters, schema: z.ZodType<T>): Promise<T | undefined>;
  /** All pages of a list. It is not complete when the host breaks its own rules about pages. */
  list<T>(route: string, parameters: Parameters, item: z.ZodType<T>): Promise<{ items: T[]; complete: boolean }>;
  graphql<T>(query: string, variables: Parameters, schema: z.ZodType<T>): Promise<T>;
};

/** No list that we read has more: files end at 3,000, and a pull request with 10,000 comments is beyond reading. */
const mostPages = 100;

export function createGithubClient(options: GithubClientOptions): GithubClient {
  const baseUrl = apiUrl(options.hostname);
  const hostFetch = createHostFetch({ ...options, origin: new URL(baseUrl).origin, isRepeatable });
  const api = new (Octokit.plugin(paginateRest))({
    baseUrl,
    userAgent: 'polder',
    request: { fetch: hostFetch },
    log: octokitLog(options.log),
  });
  const auth = createAuth(
    new Octokit({ baseUrl, userAgent: 'polder', request: { fetch: hostFetch } }),
    options.credentials,
  );
  api.hook.before('request', async (request) => {
    request.headers.authorization ??= `token ${await auth.token()}`;
  });
  const look: GithubClient['look'] = async (route, parameters, schema) => {
    const reply: { data: unknown; headers: ReplyHeaders } = await api
      .request(route, parameters)
      .catch((error: unknown) => rethrow(route, error));
    return { data: understood(route, schema, reply.data), headers: reply.headers };
  };
  const ask: GithubClient['ask'] = async (route, parameters, schema) => (await look(route, parameters, schema)).data;
  return {
    auth,
    ask,
    look,
    find: (route, parameters, schema) => ask(route, parameters, schema).catch(undefinedWhenMissing),
    list: async (route, parameters, item) => {
      const items: z.infer<typeof item>[] = [];
      let pages = 0;
      const iterator = api.paginate.iterator(route, { ...parameters, per_page: 100 });
      try {
        for await (const { data } of iterator) {
          items.push(...understood(route, item.array(), data));
          pages += 1;
          if (pages === mostPages) return { items, complete: false };
        }
      } catch (error) {
        rethrow(route, error);
      }
      return { items, complete: true };
    },
    graphql: async (query, variables, schema) => {
      const data = await api.graphql(query, variables).catch((error: unknown) => rethrow('GraphQL', error));
      return understood('GraphQL', schema, data);
    },
  };
}

/** True when GitHub answered with that status. */
export function isStatus(error: unknown, ...statuses: readonly number[]): error is PolderError {
  return isPolderError(error, 'host_refused') && statuses.includes(Number(error.details.status));
}

/** What GitHub said when it refused, without our own words around it. */
export function refusalText(error: PolderError): string {
  return String(error.details.said ?? error.message);
}

/**
 * https://docs.github.com/en/enterprise-server/rest/using-the-rest-api/getting-started-with-the-rest-api,
 * https://docs.github.com/en/enterprise-cloud@latest/admin/data-residency
 */
export function apiUrl(hostname: string): string {
  if (hostname === 'github.com') return 'https://api.github.com';
  return hostname.endsWith('.ghe.com') ? `https://api.${hostname}` : `https://${hostname}/api/v3`;
}

/** A second comment is seen by people. All else that we write comes to the same when it is done twice. */
function isRepeatable({ method, path }: { readonly method: string; readonly path: string }): boolean {
  return !(method === 'POST' && /\/issues\/\d+\/comments$/.test(path));
}

function understood<T>(route: string, schema: z.ZodType<T>, data: unknown): T {
  const parsed = schema.safeParse(data);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue?.path.join('.') || 'the reply';
  throw new PolderError('host_refused', `asking GitHub (${route}): ${where} is not as GitHub's: ${issue?.message}`);
}

function undefinedWhenMissing(error: unknown): undefined {
  if (isStatus(error, 404)) return undefined;
  throw error;
}

function rethrow(route: string, error: unknown): never {
  if (isPolderError(error)) throw error;
  const { cause, status } = error as { cause?: unknown; status?: unknown };
  // Octokit wraps what our fetch throws.
  if (isPolderError(cause)) throw cause;
  const code = typeof status === 'number' && status >= 500 ? 'host_unavailable' : 'host_refused';
  const said = errorText(error);
  const details = { said, ...(typeof status === 'number' ? { status } : {}) };
  throw new PolderError(code, `asking GitHub (${route}): ${said}`, { cause: error, details });
}

function octokitLog(log: Log) {
  const debug = (text: string) => log.debug({ text }, 'octokit');
  return { debug, info: debug, warn: debug, error: debug };
}
