import { createHash } from 'node:crypto';
import type { ApiRequest, FakeReply, Headers } from './host-server.ts';

export type Page = {
  readonly rows: readonly unknown[];
  readonly number: number;
  readonly size: number;
  readonly isLast: boolean;
  /** The `Link` to the next page; empty on the last one. */
  readonly link: Headers;
};

/** The page of a list that a URL asks for; `size` names the parameter, and what it is without one and at most. */
export function pageOf(
  url: URL,
  whole: readonly unknown[],
  size: { readonly parameter: string; readonly usual: number; readonly most: number },
): Page {
  const rows = Math.min(size.most, Number(url.searchParams.get(size.parameter) ?? size.usual));
  const number = Number(url.searchParams.get('page') ?? 1);
  const next = new URL(url);
  next.searchParams.set('page', String(number + 1));
  const isLast = whole.length <= number * rows;
  return {
    rows: whole.slice((number - 1) * rows, number * rows),
    number,
    size: rows,
    isLast,
    link: isLast ? {} : { link: `<${next.href}>; rel="next"` },
  };
}

/** The reply with its tag, or a 304 to who knows it already. */
export function tagged({ method, headers: asked }: ApiRequest, reply: FakeReply): FakeReply {
  if (method !== 'GET' || reply.status !== 200) return reply;
  const { body, headers } = reply;
  const etag = `W/"${createHash('sha1').update(JSON.stringify({ body, headers })).digest('hex')}"`;
  if (asked['if-none-match'] === etag) return { status: 304, headers: { ...headers, etag } };
  return { ...reply, headers: { ...headers, etag } };
}
