import type { ApiRequest, FakeReply, HostServer } from './host-server.ts';

/** What a host says of its API: for each route what is asked, and what is answered. */
export type Description = {
  /** The route that serves a request, with what its path holds; undefined for what the host does not serve. */
  match(method: string, path: string): { route: string; parameters: Record<string, string> } | undefined;
  /** What is wrong with a request, in words. */
  checkRequest(route: string, request: { query: URLSearchParams; body: unknown }): string[];
  checkReply(route: string, reply: { status: number; body: unknown }): string[];
};

/** A request as its route understands it. */
export type RouteRequest<Value = string | undefined> = {
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, Value>>;
};

type Answering<Context, Value> = {
  readonly description: Description;
  readonly handlers: Readonly<Record<string, (context: Context, request: RouteRequest<Value>) => FakeReply>>;
  readonly context: Context;
  /** Where requests and problems are noted. */
  readonly server: Pick<HostServer, 'requests' | 'problems'>;
};

/**
 * What the handler of the route answers; undefined, and a problem, when there is no such route. What the description does
 * not know of the request or of the reply is a problem, too.
 */
export function answerAsDescribed<Context, Value>(
  { description, handlers, context, server }: Answering<Context, Value>,
  { method, path, url, body }: ApiRequest,
): { readonly route: string; readonly reply: FakeReply } | undefined {
  const found = description.match(method, path);
  const handle = found && handlers[found.route];
  if (!found || !handle) {
    server.problems.push(`not served: ${method} ${path}`);
    return undefined;
  }
  const { route, parameters } = found;
  server.requests.push(route);
  server.problems.push(...description.checkRequest(route, { query: url.searchParams, body }));
  const reply = handle(context, { parameters, query: url.searchParams, body: (body ?? {}) as Record<string, Value> });
  server.problems.push(...description.checkReply(route, { status: reply.status, body: reply.body }));
  return { route, reply };
}

/** The first route whose pattern matches, with what its path holds. */
export function matchPattern(
  routes: readonly { readonly route: string; readonly pattern: RegExp }[],
  request: string,
): ReturnType<Description['match']> {
  for (const { route, pattern } of routes) {
    const found = pattern.exec(request);
    if (!found) continue;
    const entries = Object.entries(found.groups ?? {}).map(([name, value]) => [name, decodeURIComponent(value)]);
    return { route, parameters: Object.fromEntries(entries) as Record<string, string> };
  }
  return undefined;
}
