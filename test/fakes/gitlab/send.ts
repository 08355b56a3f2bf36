import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FakeReply } from './handlers.ts';

type Replying = { readonly url: URL; readonly reply: FakeReply };

/** Sends a reply, of a list the page that was asked for, and answers 304 to who knows it already. */
export function sendReply(request: IncomingMessage, response: ServerResponse, { url, reply }: Replying): void {
  const paged = Array.isArray(reply.body) && reply.status === 200 ? pageOf(url, reply.body) : { reply, headers: {} };
  const isTagged = request.method === 'GET' && reply.status === 200;
  const etag = `W/"${createHash('md5')
    .update(JSON.stringify(paged) ?? '')
    .digest('hex')}"`;
  if (!isTagged) send(response, paged.reply, paged.headers);
  else if (request.headers['if-none-match'] === etag) response.writeHead(304, { etag, ...paged.headers }).end();
  else send(response, paged.reply, { etag, ...paged.headers });
}

/** https://docs.gitlab.com/api/rest/#offset-based-pagination */
function pageOf(url: URL, whole: readonly unknown[]) {
  const size = Math.min(100, Number(url.searchParams.get('per_page') ?? 20));
  const page = Number(url.searchParams.get('page') ?? 1);
  const pages = Math.max(1, Math.ceil(whole.length / size));
  const next = new URL(url);
  next.searchParams.set('page', String(page + 1));
  const headers = {
    'x-page': String(page),
    'x-per-page': String(size),
    'x-prev-page': page > 1 ? String(page - 1) : '',
    'x-next-page': page < pages ? String(page + 1) : '',
    'x-total': String(whole.length),
    'x-total-pages': String(pages),
    ...(page < pages ? { link: `<${next.href}>; rel="next"` } : {}),
  };
  return { reply: { status: 200, body: whole.slice((page - 1) * size, page * size) }, headers };
}

export function send(response: ServerResponse, reply: FakeReply, headers: Readonly<Record<string, string>> = {}): void {
  const type = reply.body === undefined ? {} : { 'content-type': 'application/json' };
  response.writeHead(reply.status, { ...type, ...headers });
  response.end(reply.body === undefined ? undefined : JSON.stringify(reply.body));
}
