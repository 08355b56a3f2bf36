import type { FastifyInstance } from 'fastify';
import { secretMatches } from '../access/index.ts';
import type { HttpSettings } from './deps.ts';
import { plainText } from './replies.ts';
import { pathOf } from './routing.ts';

const openPaths = new Set(['/events', '/healthz', '/readyz', '/status']);

type Settings = Pick<HttpSettings, 'webBasicAuth' | 'webUsername' | 'webPassword'>;

/**
 * Asks for the web user's name and password on all but the routes for machines, when `--web-basic-auth` is on. It comes
 * before routing, so that it also covers what does not exist.
 */
export function requireBasicAuth(app: FastifyInstance, settings: Settings): void {
  if (!settings.webBasicAuth) return;
  app.addHook('onRequest', async (request, reply) => {
    if (!isForWebUser(pathOf(request.url))) return;
    const shown = basicCredentials(request.headers.authorization);
    const isUser = secretMatches(shown?.username ?? '', settings.webUsername);
    const isPassword = secretMatches(shown?.password ?? '', settings.webPassword);
    if (isUser && isPassword) return;
    return reply
      .code(401)
      .header('www-authenticate', 'Basic realm="restricted", charset="UTF-8"')
      .type(plainText)
      .send('Unauthorized\n');
  });
}

/** Whether a path, of a request or of a route, is one of those that `--web-basic-auth` protects. */
export function isForWebUser(path: string): boolean {
  return !openPaths.has(path) && !path.startsWith('/api/');
}

/** The name and password of an `Authorization: Basic` header (RFC 7617); undefined when there is none. */
function basicCredentials(header: string | undefined): { username: string; password: string } | undefined {
  const encoded = /^basic +(\S+)$/i.exec(header ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0 ? undefined : { username: text.slice(0, colon), password: text.slice(colon + 1) };
}
