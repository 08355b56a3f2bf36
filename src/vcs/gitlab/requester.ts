import type { PolderError } from '../../lib/errors.ts';
import { parseJson } from '../../lib/parse-json.ts';
import { type HostFetch, notJson, refusal } from '../index.ts';

type Scalar = string | number | boolean | null | undefined;
type Call = { readonly searchParams?: Record<string, unknown>; readonly body?: unknown };
type Reply = { readonly body: never; readonly headers: Record<string, string>; readonly status: number };

/**
 * What the library sends its requests with, on our own fetch. Names in camel case become GitLab's. Throws
 * `host_refused`, or `host_unavailable` for a status of 500 and more, with what GitLab says.
 *
 * The token is a bearer's, which GitLab takes for every kind of access token, and not `PRIVATE-TOKEN`: only the former
 * is left out when a reply sends us on to another server.
 * https://docs.gitlab.com/api/rest/authentication/#personalprojectgroup-access-tokens
 */
export function createRequester(hostFetch: HostFetch, token: string) {
  const credentials = { authorization: `Bearer ${token}`, 'user-agent': 'polder', accept: 'application/json' };
  return ({ url }: { readonly url: string }) => {
    const send =
      (method: string) =>
      async (endpoint: string, call: Call = {}): Promise<Reply> => {
        checkPath(method, endpoint);
        const query = queryOf(call.searchParams ?? {});
        const body = bodyOf(call.body);
        const reply = await hostFetch(`${url.replace(/\/+$/, '')}/${endpoint}${query}`, {
          method,
          headers: { ...credentials, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
          ...(body === undefined ? {} : { body }),
        });
        const text = await reply.text();
        if (!reply.ok) throw refused(`${method} ${endpoint}`, reply.status, text);
        const json = text === '' ? null : parseJson(text);
        if (json === undefined) throw notJson({ host: 'GitLab', what: `${method} ${endpoint}` });
        return { body: json as never, headers: Object.fromEntries(reply.headers), status: reply.status };
      };
    return { get: send('GET'), post: send('POST'), put: send('PUT'), patch: send('PATCH'), delete: send('DELETE') };
  };
}

/** Names are encoded, all but dots: those that a URL resolves would lead to another resource. Nothing has such names. */
function checkPath(method: string, endpoint: string): void {
  if (!endpoint.split('/').some((segment) => segment === '.' || segment === '..')) return;
  throw refused(`${method} ${endpoint}`, 404, '{"message":"404 Not Found"}');
}

function queryOf(parameters: Record<string, unknown>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined && value !== null) query.set(wireName(name), String(value as Scalar));
  }
  return query.size === 0 ? '' : `?${query.toString()}`;
}

function bodyOf(body: unknown): string | undefined {
  const entries = Object.entries(body ?? {}).filter(([, value]) => value !== undefined);
  if (entries.length === 0) return undefined;
  return JSON.stringify(Object.fromEntries(entries.map(([name, value]) => [wireName(name), value])));
}

function wireName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function refused(request: string, status: number, text: string): PolderError {
  return refusal({ host: 'GitLab', what: request }, { said: saidIn(parseJson(text)) ?? `status ${status}`, status });
}

/** https://docs.gitlab.com/api/rest/troubleshooting/: `message`, a text or an object, or `error`. */
function saidIn(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const { message, error } = body as { message?: unknown; error?: unknown };
  const said = message ?? error;
  if (said === undefined) return undefined;
  return typeof said === 'string' ? said : JSON.stringify(said);
}
