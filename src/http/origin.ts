import type { FastifyReply, FastifyRequest } from 'fastify';
import type { HttpDeps } from './deps.ts';
import { plainText } from './replies.ts';

/**
 * An onRequest hook for page routes that change something: refuses what another site's page made a browser send.
 * Browsers say where a request comes from in `Sec-Fetch-Site` (https://www.w3.org/TR/fetch-metadata/) or at least in
 * `Origin`; a client that sends neither is no browser and carries no one's cookies or stored password.
 */
export function refuseForeignOrigin(deps: { settings: Pick<HttpDeps['settings'], 'baseUrl'> }) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    if (isOwnOrigin(request, deps.settings.baseUrl)) return undefined;
    return reply.code(403).type(plainText).send('requests from other sites are refused\n');
  };
}

function isOwnOrigin(request: FastifyRequest, baseUrl: string): boolean {
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  const { origin, host } = request.headers;
  if (origin === undefined) return true;
  if (!URL.canParse(origin)) return false;
  const { host: from } = new URL(origin);
  return from === host || from === new URL(baseUrl).host;
}
