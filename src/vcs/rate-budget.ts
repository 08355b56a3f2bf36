/** What a host has told about how often it may be asked. */
export type RateBudget = {
  /** When the next request may start, in epoch milliseconds; in the past when it may now. */
  readyAt(): number;
  /** Learns from a reply. True when the host refused because of the rate: it did nothing, so asking again is safe. */
  learn(reply: Response): Promise<boolean>;
};

/** GitHub's advice when a secondary limit comes without a time: wait for at least one minute. */
const unknownWaitMs = 60_000;
/** These hosts count by the hour. Whoever names a later time is asked again by then: it may be wrong. */
const longestWaitMs = 3_600_000;

/**
 * Understands `Retry-After` (seconds or a date) and `X-RateLimit-Remaining` with `X-RateLimit-Reset` (epoch seconds), as
 * GitHub, GitLab (`RateLimit-…`) and Gitea send them:
 * https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
 */
export function createRateBudget(now: () => number): RateBudget {
  let readyAt = 0;
  const waitUntil = (time: number) => {
    readyAt = Math.max(readyAt, Math.min(time, now() + longestWaitMs));
  };
  return {
    readyAt: () => readyAt,
    learn: async (reply) => {
      const isRefusal = reply.status === 429 || (reply.status === 403 && (await namesRateLimit(reply)));
      const reset = usedUpUntil(reply.headers, now());
      if (isRefusal) waitUntil(retryAfter(reply.headers, now()) ?? reset ?? now() + unknownWaitMs);
      else if (reset !== undefined) waitUntil(reset);
      return isRefusal;
    },
  };
}

/** A plain "forbidden" has status 403 as well. */
async function namesRateLimit(reply: Response): Promise<boolean> {
  if (reply.headers.has('retry-after') || header(reply.headers, 'remaining') === '0') return true;
  return /rate limit|abuse detection/i.test(await reply.clone().text());
}

function usedUpUntil(headers: Headers, now: number): number | undefined {
  const reset = Number(header(headers, 'reset') ?? Number.NaN) * 1000;
  // A reset beyond a day is no time of a rate limit, which last an hour.
  return header(headers, 'remaining') === '0' && reset > now && reset < now + 86_400_000 ? reset : undefined;
}

function header(headers: Headers, name: string): string | null {
  return headers.get(`x-ratelimit-${name}`) ?? headers.get(`ratelimit-${name}`);
}

/** https://www.rfc-editor.org/rfc/rfc9110#field.retry-after */
export function retryAfter(headers: Headers, now: number): number | undefined {
  const value = headers.get('retry-after');
  if (value === null) return undefined;
  const time = /^\d+$/.test(value) ? now + Number(value) * 1000 : Date.parse(value);
  return Number.isNaN(time) ? undefined : time;
}
