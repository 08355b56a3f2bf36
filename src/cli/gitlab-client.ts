import { errorText, PolderError } from '../lib/errors.ts';

/** GitLab's API of a running server. Whatever the server refuses is thrown, with its reason. */
export type GitlabClient = {
  get(path: string): Promise<unknown>;
  /** All rows of a list, page by page. */
  list(path: string): Promise<unknown[]>;
  send(method: 'POST' | 'PUT' | 'DELETE', path: string, body?: object): Promise<unknown>;
};

/** `paths` are below `/api/v4`. */
export function gitlabClient({ server, token }: { readonly server: string; readonly token: string }): GitlabClient {
  const base = `${server.replace(/\/+$/, '')}/api/v4`;
  const ask = async (url: string, init: RequestInit): Promise<Response> => {
    const headers = { 'private-token': token, ...(init.body == null ? {} : { 'content-type': 'application/json' }) };
    const response = await fetch(url, { ...init, headers }).catch((error: unknown) => {
      throw new PolderError('server_refused', `asking ${server}: ${errorText(error)}`, { cause: error });
    });
    if (response.ok) return response;
    throw new PolderError('server_refused', `asking ${server}: ${await reasonOf(response)}`);
  };
  const json = async (response: Response): Promise<unknown> => {
    const text = await response.text();
    return text === '' ? null : JSON.parse(text);
  };
  return {
    get: async (path) => json(await ask(base + path, {})),
    list: async (path) => {
      const rows: unknown[] = [];
      const keyset = `${path.includes('?') ? '&' : '?'}pagination=keyset&per_page=100`;
      let query: string | undefined = path + keyset;
      while (query !== undefined) {
        const response: Response = await ask(base + query, {});
        rows.push(...((await json(response)) as unknown[]));
        // The link names the server by its own address, which need not be the one that was asked.
        const next = /<[^>]*(\?[^>]*)>; rel="next"/.exec(response.headers.get('link') ?? '')?.[1];
        query = next && path.replace(/\?.*$/s, '') + next;
      }
      return rows;
    },
    send: async (method, path, body) =>
      json(await ask(base + path, { method, ...(body ? { body: JSON.stringify(body) } : {}) })),
  };
}

/** The server's words: a text, or each field with what is wrong with it. */
async function reasonOf(response: Response): Promise<string> {
  const text = await response.text();
  const { error, message, reason } = parsed(text);
  const told = error ?? message ?? text;
  const words = typeof told === 'string' ? told : fieldsOf(told);
  return `${words.trim() || `status ${response.status}`}${typeof reason === 'string' ? `: ${reason}` : ''}`;
}

function parsed(text: string): { error?: unknown; message?: unknown; reason?: unknown } {
  try {
    return (JSON.parse(text) ?? {}) as object;
  } catch {
    return {};
  }
}

function fieldsOf(problems: unknown): string {
  const entries = Object.entries((problems ?? {}) as Record<string, unknown>);
  return entries
    .map(([field, texts]) => `${field} ${Array.isArray(texts) ? texts.join(', ') : String(texts)}`)
    .join('; ');
}
