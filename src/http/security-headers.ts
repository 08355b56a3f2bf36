import type { FastifyInstance } from 'fastify';

/**
 * What every answer carries. Pages load nothing from elsewhere, run only our own script file, and are not framed.
 * `same-origin` referrers keep the `Origin` header of our forms, which `no-referrer` would turn into `null`.
 */
const headers = {
  'content-security-policy':
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; " +
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'same-origin',
  'cache-control': 'no-store',
};

/** Sets the security headers on every answer, errors included. A route may replace one. */
export function addSecurityHeaders(app: FastifyInstance): void {
  app.addHook('onRequest', async (_request, reply) => {
    reply.headers(headers);
  });
}
