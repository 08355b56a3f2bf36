import type { z } from 'zod';
import { parseJson } from '../../lib/parse-json.ts';
import {
  type Asked,
  allButComments,
  createHostFetch,
  type HostFetchOptions,
  notJson,
  refusal,
  undefinedWhenMissing,
  understood,
} from '../index.ts';

export type GiteaClientOptions = Pick<
  HostFetchOptions,
  'authorities' | 'log' | 'now' | 'timeoutMs' | 'patienceMs' | 'random'
> & {
  /** With its path, where Gitea is served below one. */
  readonly baseUrl: string;
  readonly user: string;
  readonly token: string;
  /** How many rows to ask for at a time. Gitea gives fewer when it is set up so. */
  readonly pageSize: number;
};

type Parameters = Readonly<Record<string, string | number>>;

/**
 * Asks Gitea or Forgejo. `route` is as their documentation writes it below `/api/v1`, such as
 * `GET /repos/{fullName}/pulls/{index}`; parameters that are not in it go into the query, or into the body of what
 * writes. Everything throws `host_unavailable` or `host_refused`, whose details hold the reply's `status`.
 */
export type GiteaClient = {
  ask<T>(route: string, parameters: Parameters, schema: z.ZodType<T>): Promise<T>;
  /** As `ask`, for what need not exist: undefined for status 404. */
  find<T>(route: string, parameters: Parameters, schema: z.ZodType<T>): Promise<T | undefined>;
  /** All pages of a list. It is not complete when the host breaks its own rules about pages. */
  list<T>(route: string, parameters: Parameters, item: z.ZodType<T>): Promise<{ items: T[]; complete: boolean }>;
};

/** 6,000 rows of the usual size. */
const mostPages = 200;

export function createGiteaClient(options: GiteaClientOptions): GiteaClient {
  const send = sender(options);
  const ask: GiteaClient['ask'] = async (route, parameters, schema) =>
    understood(asked(route), schema, await jsonOf(route, await send(route, parameters)));

  return {
    ask,
    find: (route, parameters, schema) => ask(route, parameters, schema).catch(undefinedWhenMissing),
    list: async (route, parameters, item) => {
      const items: z.infer<typeof item>[] = [];
      for (let page = 1; page <= mostPages; page += 1) {
        const reply = await send(route, { ...parameters, page, limit: options.pageSize });
        const rows = understood(asked(route), item.array(), await jsonOf(route, reply));
        items.push(...rows);
        // Without the header, an empty page is the end.
        const total = Number(reply.headers.get('x-total-count') ?? Number.POSITIVE_INFINITY);
        const isShort = items.length < total;
        if (!isShort || rows.length === 0) return { items, complete: !isShort || !Number.isFinite(total) };
      }
      return { items, complete: false };
    },
  };
}

/** Asks, and gives the reply that is no refusal. */
function sender(options: GiteaClientOptions): (route: string, parameters: Parameters) => Promise<Response> {
  const api = `${options.baseUrl.replace(/\/+$/, '')}/api/v1`;
  const origin = new URL(api).origin;
  const hostFetch = createHostFetch({ ...options, origin, isRepeatable: allButComments(/\/issues\/\d+\/comments$/) });
  const headers = { accept: 'application/json', authorization: `token ${options.token}`, 'user-agent': 'polder' };
  return async (route, parameters) => {
    const { method, path, rest } = requestOf(route, parameters);
    const url = new URL(`${api}${path}`);
    const isRead = method === 'GET';
    if (isRead) for (const [name, value] of Object.entries(rest)) url.searchParams.set(name, String(value));
    const hasBody = !isRead && Object.keys(rest).length > 0;
    const json = hasBody ? { body: JSON.stringify(rest) } : {};
    const type = hasBody ? { 'content-type': 'application/json' } : {};
    const reply = await hostFetch(url.href, { method, headers: { ...headers, ...type }, ...json });
    if (reply.ok) return reply;
    const { status } = reply;
    throw refusal(asked(route), { said: saidIn(parseJson(await reply.text()), status), status });
  };
}

function asked(route: string): Asked {
  return { host: 'Gitea', what: route };
}

type Request = { readonly method: string; readonly path: string; readonly rest: Parameters };

/** Slashes of a parameter stay what they are: they divide the names of repos, branches and files. */
function requestOf(route: string, parameters: Parameters): Request {
  const [method = '', template = ''] = route.split(' ');
  const inPath = new Set<string>();
  const path = template.replace(/\{(\w+)\}/g, (_, name: string) => {
    inPath.add(name);
    const segments = String(parameters[name]).split('/');
    if (segments.some((segment) => ['', '.', '..'].includes(segment))) {
      // URLs cannot hold them. Nothing that Gitea keeps has such a name.
      throw refusal(asked(route), { said: `no ${name} has such a name`, status: 404 });
    }
    return segments.map(encodeURIComponent).join('/');
  });
  const rest = Object.fromEntries(Object.entries(parameters).filter(([name]) => !inPath.has(name)));
  return { method, path, rest };
}

/** What a reply without a body holds is undefined. */
async function jsonOf(route: string, reply: Response): Promise<unknown> {
  const text = await reply.text();
  if (text === '') return undefined;
  const json = parseJson(text);
  if (json === undefined) throw notJson(asked(route));
  return json;
}

function saidIn(body: unknown, status: number): string {
  const { message } = (body ?? {}) as { readonly message?: unknown };
  return typeof message === 'string' && message !== '' ? message : `status ${status}`;
}
