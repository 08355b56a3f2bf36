import { parseJson } from '../lib/parse-json.ts';

/** What a host has told about how often it may be asked. GitHub counts what is asked in GraphQL by itself. */
export type RateBudget = {
  /** When the next request for that path may start, in epoch milliseconds; in the past when it may now. */
  readyAt(path: string): number;
  /** Learns from a reply. True when the host refused because of the rate: it did nothing, so asking again is safe. */
  learn(path: string, reply: Response): Promise<boolean>;
};

/** GitHub's advice when a secondary limit comes without a time: wait for at least one minute. */
const unknownWaitMs = 60_000;
/** These hosts count by the hour. Whoever names a later time is asked again by then: it may be wrong. */
const longestWaitMs = 3_600_000;

/**
 * Understands `Retry-After` (seconds or a date) and `X-RateLimit-Remaining` with `X-RateLimit-Reset` (epoch seconds), as
 * GitHub, GitLab (`RateLimit-…`) and Gitea send them. A number that is used up is one of REST or of GraphQL; a refusal
 * that names a pause of its own is for both:
 * https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
 */
export function createRateBudget(now: () => number): RateBudget {
  const readyAt = { rest: 0, graphql: 0 };
  const waitUntil = (time: number, ...which: readonly (keyof typeof readyAt)[]) => {
    for (const one of which) readyAt[one] = Math.max(readyAt[one], Math.min(time, now() + longestWaitMs));
  };
  return {
    readyAt: (path) => readyAt[countedWith(path)],
    learn: async (path, reply) => {
      const own = countedWith(path);
      const isRefusal = await isRateRefusal(own, reply);
      const reset = usedUpUntil(reply.headers, now());
      const pause = isRefusal ? retryAfter(reply.headers, now()) : undefined;
      if (pause === undefined && reset !== undefined) waitUntil(reset, own);
      else if (isRefusal) waitUntil(pause ?? now() + unknownWaitMs, 'rest', 'graphql');
      return isRefusal;
    },
  };
}

function countedWith(path: string): 'rest' | 'graphql' {
  return path.endsWith('/graphql') ? 'graphql' : 'rest';
}

async function isRateRefusal(of: 'rest' | 'graphql', reply: Response): Promise<boolean> {
  if (reply.status === 429) return true;
  if (reply.status === 403) return namesRateLimit(reply);
  return of === 'graphql' && reply.status === 200 && /rate.?limit/i.test(await errorsIn(reply));
}

/**
 * GraphQL refuses with status 200:
 * https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api#exceeding-the-rate-limit
 */
async function errorsIn(reply: Response): Promise<string> {
  const body = parseJson(await reply.clone().text());
  const { errors } = (typeof body === 'object' && body !== null ? body : {}) as { readonly errors?: unknown };
  return JSON.stringify(errors ?? null);
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
