/** A reply that may be asked for again. */
export type Kept = { readonly etag: string; readonly headers: Headers; readonly body: ArrayBuffer };

/** Replies that are asked for again with `If-None-Match`; "not modified" costs nothing of GitHub's rate limit. */
export type EtagCache = {
  /** The latest reply to a GET of that URL, whose tag is to be sent. */
  find(key: string): Kept | undefined;
  /**
   * The reply to hand on: the one that came, or the one that was found before when the host says that it still holds. That
   * one may have left the cache while the host was asked.
   */
  settle(key: string, reply: Response, found: Kept | undefined): Promise<Response>;
};

const largestBody = 256 * 1024;

/**
 * Keeps the latest `entries` replies, of 256 KiB at most each. One kept for a credential is handed to another only when
 * the host confirmed it to that one.
 */
export function createEtagCache(entries = 200): EtagCache {
  const kept = new Map<string, Kept>();
  const keep = (key: string, value: Kept) => {
    kept.delete(key);
    kept.set(key, value);
    const [oldest] = kept.keys();
    if (kept.size > entries && oldest !== undefined) kept.delete(oldest);
  };
  return {
    find: (key) => kept.get(key),
    settle: async (key, reply, found) => {
      if (reply.status === 304 && found) {
        keep(key, found);
        return new Response(found.body, { status: 200, headers: found.headers });
      }
      const etag = reply.headers.get('etag');
      if (reply.status !== 200 || etag === null) return reply;
      const body = await reply.arrayBuffer();
      if (body.byteLength <= largestBody) keep(key, { etag, headers: reply.headers, body });
      return new Response(body, { status: 200, headers: reply.headers });
    },
  };
}
