import { describe, expect, it } from 'vitest';
import { createRateBudget } from './rate-budget.ts';

const now = 1_000_000_000;

async function readyAfter(status: number, headers: Record<string, string>, body = ''): Promise<number> {
  const budget = createRateBudget(() => now);
  await budget.learn('/api/v3/user', new Response(body, { status, headers }));
  return budget.readyAt('/api/v3/user') - now;
}

describe('createRateBudget', () => {
  it.each([
    ['as long as the host says', 429, { 'retry-after': '120' }, 120_000],
    ['a minute where it does not say', 429, {}, 60_000],
    ['until the limit is renewed', 200, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1000300' }, 300_000],
    ['an hour where it names a time that no limit lasts for', 429, { 'retry-after': '99999999' }, 3_600_000],
  ] as const)('waits %s', async (...[, status, headers, wait]) => {
    expect(await readyAfter(status, headers)).toBe(wait);
  });

  const usedUp = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1000300' };
  const waits = async (status: number, headers: Record<string, string>, body: string) => {
    const budget = createRateBudget(() => now);
    const refused = await budget.learn('/api/graphql', new Response(body, { status, headers }));
    const [rest, graphql] = ['/api/v3/user', '/api/graphql'].map((path) => Math.max(0, budget.readyAt(path) - now));
    return { refused, rest, graphql };
  };

  it('goes on with REST when what may be asked in GraphQL is used up', async () => {
    expect(await waits(200, usedUp, '{"data":{}}')).toEqual({ refused: false, rest: 0, graphql: 300_000 });
  });

  it('knows a refusal of GraphQL, which has status 200', async () => {
    const body = '{"errors":[{"type":"RATE_LIMITED","message":"API rate limit exceeded for user ID 1."}]}';
    expect(await waits(200, usedUp, body)).toEqual({ refused: true, rest: 0, graphql: 300_000 });
  });

  it('takes no answer for a refusal because of its words', async () => {
    const body = '{"data":{"title":"rate limit"},"errors":[{"type":"NOT_FOUND"}]}';
    expect(await waits(200, {}, body)).toEqual({ refused: false, rest: 0, graphql: 0 });
  });

  it('leaves the host alone altogether where it asks for a pause', async () => {
    const body = '{"message":"You have exceeded a secondary rate limit"}';
    expect(await waits(403, { 'retry-after': '30' }, body)).toEqual({ refused: true, rest: 30_000, graphql: 30_000 });
  });

  it('waits for nothing where a refusal is about something else', async () => {
    expect(await readyAfter(403, {}, 'Resource not accessible')).toBeLessThanOrEqual(0);
  });
});
