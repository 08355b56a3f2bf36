import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';

/** Headers that a page of another origin may read (https://docs.gitlab.com/api/rest/). */
const exposed =
  'Link X-Total X-Total-Pages X-Per-Page X-Page X-Next-Page X-Prev-Page X-Gitlab-Blob-Id X-Gitlab-Commit-Id ' +
  'X-Gitlab-Content-Sha256 X-Gitlab-Encoding X-Gitlab-File-Name X-Gitlab-File-Path X-Gitlab-Last-Commit-Id ' +
  'X-Gitlab-Ref X-Gitlab-Size X-Request-Id ETag';

/**
 * What every answer of GitLab's API carries. Pages of any origin may call it, since no cookie opens it: whoever calls
 * shows a token. https://fetch.spec.whatwg.org/#http-cors-protocol
 */
export function addCommonHeaders(api: FastifyInstance): void {
  api.addHook('onRequest', async (request, reply) => {
    const { headers, method } = request;
    const id = requestId(headers['x-request-id']);
    reply.headers({
      'cache-control': 'max-age=0, private, must-revalidate',
      vary: 'Origin',
      'x-frame-options': 'SAMEORIGIN',
      'x-request-id': id,
      'x-gitlab-meta': JSON.stringify({ correlation_id: id, version: '1' }),
    });
    if (headers.origin === undefined) return;
    reply.headers({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS',
      'access-control-expose-headers': exposed.replaceAll(' ', ', '),
      'access-control-max-age': '7200',
    });
    const asked = headers['access-control-request-headers'];
    if (asked !== undefined) reply.header('access-control-allow-headers', asked);
    if (method === 'OPTIONS' && headers['access-control-request-method'] !== undefined) await reply.code(200).send();
  });
  api.addHook('onSend', async (_request, reply) => {
    reply.header('x-runtime', (reply.elapsedTime / 1000).toFixed(6));
  });
}

/** The caller's own, when it is harmless. */
function requestId(given: string | string[] | undefined): string {
  return typeof given === 'string' && /^[\w.-]{1,255}$/.test(given) ? given : randomUUID();
}
