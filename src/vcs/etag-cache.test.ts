import { describe, expect, it } from 'vitest';
import { createEtagCache } from './etag-cache.ts';

const tagged = (body: string) => new Response(body, { status: 200, headers: { etag: `"${body}"` } });
const unchanged = () => new Response(null, { status: 304 });

describe('createEtagCache', () => {
  it('hands a reply on again when the host says that it still holds', async () => {
    const cache = createEtagCache();
    await cache.settle('/a', tagged('one'), undefined);
    const found = cache.find('/a');
    expect(found?.etag).toBe('"one"');
    const reply = await cache.settle('/a', unchanged(), found);
    expect([reply.status, await reply.text()]).toEqual([200, 'one']);
  });

  it('hands it on too when it has left the cache meanwhile', async () => {
    const cache = createEtagCache(1);
    await cache.settle('/a', tagged('one'), undefined);
    const found = cache.find('/a');
    await cache.settle('/b', tagged('two'), undefined);
    expect(cache.find('/a')).toBeUndefined();
    const reply = await cache.settle('/a', unchanged(), found);
    expect([reply.status, await reply.text()]).toEqual([200, 'one']);
  });
});
