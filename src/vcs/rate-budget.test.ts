import { describe, expect, it } from 'vitest';
import { createRateBudget } from './rate-budget.ts';

const now = 1_000_000_000;

async function readyAfter(status: number, headers: Record<string, string>, body = ''): Promise<number> {
  const budget = createRateBudget(() => now);
  await budget.learn(new Response(body, { status, headers }));
  return budget.readyAt() - now;
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

  it('waits for nothing where a refusal is about something else', async () => {
    expect(await readyAfter(403, {}, 'Resource not accessible')).toBeLessThanOrEqual(0);
  });
});
