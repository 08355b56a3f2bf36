import { posix } from 'node:path';
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import { plainText } from './replies.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route exists only for requests that have this query parameter. */
    requiredQuery?: string;
  }
}

type KnownRoute = {
  readonly methods: readonly string[];
  readonly path: RegExp;
  readonly requiredQuery: string | undefined;
};

/**
 * Routing as clients of Atlantis know it: exact paths, a redirect away from doubled slashes and dot segments, 405
 * without a body for a known path, and one 404 for everything else. Register it before any route.
 *
 * `ownsNotFound` names the paths whose plugin answers for itself.
 */
export function addRoutingRules(app: FastifyInstance, ownsNotFound: (path: string) => boolean): void {
  const known: KnownRoute[] = [];
  app.addHook('onRoute', (route) => {
    known.push(knownRoute(route));
  });
  app.addHook('onRequest', async (request, reply) => {
    const path = pathOf(request.url);
    const clean = cleanPath(path);
    if (clean !== path) return redirect(reply, clean + request.url.slice(path.length));
    const required = request.routeOptions.config.requiredQuery;
    if (required !== undefined && !hasQuery(request, required)) return notFound(reply);
    if (ownsNotFound(path)) return;
    // A parameter also matches nothing at all, at the end of a path.
    if (!request.is404) return Object.values(request.params as object).includes('') ? notFound(reply) : undefined;
    const here = known.filter((route) => isAt(route, path, request));
    return here.length === 0 ? notFound(reply) : wrongMethod(reply, here);
  });
}

/** The path of a request target, without its query, still encoded. */
export function pathOf(url: string): string {
  const end = url.indexOf('?');
  return end < 0 ? url : url.slice(0, end);
}

/**
 * The path and query of a request target. Clients may send the whole address, as they do to a proxy (RFC 9112, 3.2.2);
 * which host they name in it changes nothing here.
 */
export function originForm(target: string): string {
  const rest = /^https?:\/\/[^/?#]*(.*)$/i.exec(target)?.[1];
  if (rest === undefined) return target;
  return rest.startsWith('/') ? rest : `/${rest}`;
}

/** The path without doubled slashes and dot segments; a slash at the end stays. */
export function cleanPath(path: string): string {
  if (!/\/\/|\/\.\.?(\/|$)/.test(path)) return path;
  const clean = posix.normalize(`/${path}`);
  return /\/\.\.?$/.test(path) && clean !== '/' ? clean.replace(/\/$/, '') : clean;
}

function redirect(reply: FastifyReply, target: string) {
  // Browsers read a backslash as a slash, which would make `/\host` another host.
  return reply.code(301).header('location', target.replaceAll('\\', '%5C')).send();
}

function notFound(reply: FastifyReply) {
  return reply.code(404).type(plainText).send('404 page not found\n');
}

function wrongMethod(reply: FastifyReply, here: readonly KnownRoute[]) {
  const allowed = [...new Set(here.flatMap((route) => route.methods))];
  return reply.code(405).header('allow', allowed.join(', ')).send();
}

function knownRoute(route: RouteOptions): KnownRoute {
  const pattern = route.url
    .split('/')
    .map((segment) => (segment.startsWith(':') ? '[^/]+' : literal(segment)))
    .join('/');
  const methods = typeof route.method === 'string' ? [route.method] : route.method;
  return { methods, path: new RegExp(`^${pattern}$`), requiredQuery: route.config?.requiredQuery };
}

function literal(segment: string): string {
  return segment === '*' ? '.*' : segment.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function isAt(route: KnownRoute, path: string, request: FastifyRequest): boolean {
  return route.path.test(path) && (route.requiredQuery === undefined || hasQuery(request, route.requiredQuery));
}

function hasQuery(request: FastifyRequest, name: string): boolean {
  return Object.hasOwn(request.query as object, name);
}
