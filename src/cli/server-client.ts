import { errorText, PolderError } from '../lib/errors.ts';

/** A running server. Whatever it refuses is thrown, with its reason. */
export type ServerClient = {
  /** The answer to a GET, of which the headers are wanted, too. */
  ask(path: string): Promise<{ readonly body: unknown; readonly headers: Headers }>;
  get(path: string): Promise<unknown>;
  send(method: 'POST' | 'PUT' | 'DELETE', path: string, body?: object): Promise<unknown>;
};

/** `paths` are below `root`, such as `/api`. */
export function serverClient(
  { server, token }: { readonly server: string; readonly token: string },
  root: string,
): ServerClient {
  const base = `${server.replace(/\/+$/, '')}${root}`;
  const ask = async (path: string, init: RequestInit) => {
    const headers = { 'private-token': token, ...(init.body == null ? {} : { 'content-type': 'application/json' }) };
    const response = await fetch(base + path, { ...init, headers }).catch((error: unknown) => {
      throw unreachable(server, error);
    });
    if (!response.ok) throw new PolderError('server_refused', `asking ${server}: ${await reasonOf(response)}`);
    const text = await response.text();
    return { body: text === '' ? null : (JSON.parse(text) as unknown), headers: response.headers };
  };
  return {
    ask: (path) => ask(path, {}),
    get: async (path) => (await ask(path, {})).body,
    send: async (method, path, body) =>
      (await ask(path, { method, ...(body ? { body: JSON.stringify(body) } : {}) })).body,
  };
}

/** `fetch` itself says only that it failed; what went wrong is its cause. */
function unreachable(server: string, error: unknown): PolderError {
  const cause = error instanceof TypeError && error.cause !== undefined ? error.cause : error;
  const { code } = cause as { code?: unknown };
  const refusal = (reason: string) => new PolderError('server_refused', `asking ${server}: ${reason}`);
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER') return refusal('what answers there is no HTTPS');
  if (unknownAuthority.test(String(code))) {
    return refusal(`${errorText(cause)}: name the file of your own authority in NODE_EXTRA_CA_CERTS`);
  }
  return new PolderError('server_refused', `asking ${server}: ${errorText(cause)}`, { cause });
}

/** https://nodejs.org/api/tls.html#x509-certificate-error-codes */
const unknownAuthority = /SELF_SIGNED_CERT|UNABLE_TO_(GET_ISSUER_CERT|VERIFY_LEAF_SIGNATURE)/;

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
