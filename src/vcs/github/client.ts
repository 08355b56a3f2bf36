import { Octokit } from '@octokit/core';
import { paginateRest } from '@octokit/plugin-paginate-rest';
import type { z } from 'zod';
import type { Log } from '../../lib/log.ts';
import {
  type Asked,
  allButComments,
  createHostFetch,
  type HostFetchOptions,
  notJson,
  undefinedWhenMissing,
  understood,
} from '../index.ts';
import { createAuth, type GithubAuth, type GithubCredentials } from './auth.ts';
import { refusalOf, statusOf } from './refusal-of.ts';

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
  /** As `graphql`, for what need not exist: that is null. */
  findGraphql<T>(query: string, variables: Parameters, schema: z.ZodType<T>): Promise<T>;
};

/** No list that we read has more: files end at 3,000, and a pull request with 10,000 comments is beyond reading. */
const mostPages = 100;

export function createGithubClient(options: GithubClientOptions): GithubClient {
  const { api, auth } = openApi(options);
  const look: GithubClient['look'] = async (route, parameters, schema) => {
    const reply: { data: unknown; headers: ReplyHeaders } = await api
      .request(route, parameters)
      .catch((error: unknown) => rethrow(route, error));
    // What is not said to be JSON the library hands on as text.
    if (typeof reply.data === 'string' && reply.data !== '') throw notJson(asked(route));
    return { data: understood(asked(route), schema, reply.data), headers: reply.headers };
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
          items.push(...understood(asked(route), item.array(), data));
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
      return understood(asked('GraphQL'), schema, data);
    },
    findGraphql: async (query, variables, schema) => {
      const data = await api.graphql(query, variables).catch(dataWithoutMissing);
      return understood(asked('GraphQL'), schema, data);
    },
  };
}

/** The library over our own fetch, with the credentials in each request. */
function openApi(options: GithubClientOptions) {
  const baseUrl = apiUrl(options.hostname);
  const hostFetch = createHostFetch({
    ...options,
    origin: new URL(baseUrl).origin,
    isRepeatable: allButComments(/\/issues\/\d+\/comments$/),
  });
  const usual = { baseUrl, userAgent: 'polder', request: { fetch: hostFetch } };
  const auth = createAuth(new Octokit(usual), options.credentials, options.now);
  const api = new (Octokit.plugin(paginateRest))({ ...usual, log: octokitLog(options.log) });
  api.hook.wrap('request', async (request, asked) => {
    if (asked.headers.authorization !== undefined) return request(asked);
    const ask = async () =>
      request({ ...asked, headers: { ...asked.headers, authorization: `token ${await auth.token()}` } });
    return ask().catch((error: unknown) => {
      // Nothing was done. The token of an app is taken back when the app is installed anew.
      if (statusOf(error) === 401 && auth.forgetToken()) return ask();
      throw error;
    });
  });
  return { api, auth };
}

/**
 * https://docs.github.com/en/enterprise-server/rest/using-the-rest-api/getting-started-with-the-rest-api,
 * https://docs.github.com/en/enterprise-cloud@latest/admin/data-residency
 */
export function apiUrl(hostname: string): string {
  if (hostname === 'github.com') return 'https://api.github.com';
  return hostname.endsWith('.ghe.com') ? `https://api.${hostname}` : `https://${hostname}/api/v3`;
}

function asked(route: string): Asked {
  return { host: 'GitHub', what: route };
}

function rethrow(route: string, error: unknown): never {
  throw refusalOf(route, error);
}

/** What GraphQL does not find is null in its data, beside an error that says so. Anything else that is wrong is thrown. */
function dataWithoutMissing(error: unknown): unknown {
  const { errors, data } = error as { errors?: readonly { type?: unknown }[]; data?: unknown };
  const isMissing = Array.isArray(errors) && errors.every(({ type }) => type === 'NOT_FOUND');
  if (isMissing && typeof data === 'object' && data !== null) return data;
  return rethrow('GraphQL', error);
}

function octokitLog(log: Log) {
  const debug = (text: string) => log.debug({ text }, 'octokit');
  return { debug, info: debug, warn: debug, error: debug };
}
