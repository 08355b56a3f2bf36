import { setTimeout as pause } from 'node:timers/promises';
import { createSecureContext } from 'node:tls';
import type { Dispatcher } from 'undici';
import { errorText, isPolderError, PolderError } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import { createEtagCache, type EtagCache } from './etag-cache.ts';
import { proxyFor } from './proxy-for.ts';
import { createRateBudget, type RateBudget, retryAfter } from './rate-budget.ts';
import { elsewhere, readLocations } from './read-locations.ts';
import { unpackReply } from './unpack-reply.ts';

export type HostFetchOptions = {
  /** The only origin that is asked, such as `https://api.github.com`. What points elsewhere is not followed. */
  readonly origin: string;
  /** The certificates of `trustedAuthorities`. */
  readonly authorities: readonly string[];
  /** Whether doing it twice does no harm, should the reply to the first be lost. GET and HEAD always are. */
  isRepeatable(request: { readonly method: string; readonly path: string }): boolean;
  readonly log: Log;
  readonly now: () => number;
  /** For one attempt, its reply included; 30 s by default. What may not be repeated has four times as long. */
  readonly timeoutMs?: number;
  /** How often a request is made at most, with those that fail for a passing reason; 4 by default. */
  readonly attempts?: number;
  /** The longest that one call waits for a rate limit; 60 s by default. */
  readonly patienceMs?: number;
  /** From 0 to 1: Math.random by default. */
  readonly random?: () => number;
  /** Names the proxies, as `proxyFor` reads it: that of this process by default. */
  readonly env?: Readonly<Record<string, string | undefined>>;
};

/** What an HTTP client of a host is given instead of the global `fetch`. */
export type HostFetch = (url: string, init?: HostRequest) => Promise<Response>;
export type HostRequest = {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
};

/** Open to one host at once. */
const connections = 32;
const usualAttempts = 4;
const usualTimeoutMs = 30_000;
const firstPauseMs = 250;
/** The largest reply that is read: pages of 100 files with their patches stay far below. */
const largestReply = 50 * 1024 * 1024;

type Asking = {
  readonly options: HostFetchOptions;
  readonly budget: RateBudget;
  readonly cache: EtagCache;
  readonly send: (url: string, attempt: Attempt) => Promise<Response>;
};

/**
 * A `fetch` for one host that waits while a rate limit is used up, repeats what failed for a passing reason (and may be
 * repeated) with growing, scattered pauses, and sends `If-None-Match`. Proxies are those of `HTTP_PROXY`, `HTTPS_PROXY`
 * and `NO_PROXY`. Gives every reply that is not a passing failure, whatever its status; throws `host_unavailable` when
 * there is none, or the limit lasts longer than we wait (details: `retryAt`), and `host_refused` for another origin.
 */
export function createHostFetch(options: HostFetchOptions): HostFetch {
  // Made once: to read the certificates takes a tenth of the time of a core when connections come by the second.
  let sender: Promise<Sender> | undefined;
  const asking: Asking = {
    options,
    budget: createRateBudget(options.now),
    cache: createEtagCache(),
    send: async (url, { init, isRepeatable }) => {
      sender ??= createSender(options);
      const { timeoutMs = usualTimeoutMs } = options;
      // A host that is slow may do it after we have given up, and once more when it is asked again.
      return sendOnce(url, init, { ...(await sender), timeoutMs: isRepeatable ? timeoutMs : 4 * timeoutMs });
    },
  };
  return (url, init = {}) => ask(asking, url, init);
}

/**
 * For `isRepeatable` of a host whose comments are made by a POST to such a path: a second comment is seen by people. All
 * else that we write comes to the same when it is done twice.
 */
export function allButComments(path: RegExp): HostFetchOptions['isRepeatable'] {
  return (request) => !(request.method === 'POST' && path.test(request.path));
}

async function ask(asking: Asking, url: string, init: HostRequest): Promise<Response> {
  const { origin, pathname, search } = new URL(url);
  if (origin !== asking.options.origin) {
    throw new PolderError('host_refused', `asking ${asking.options.origin}: it sent us on to ${origin}`);
  }
  const method = (init.method ?? 'GET').toUpperCase();
  const key = `${pathname}${search} ${init.headers?.accept ?? ''}`;
  const found = method === 'GET' ? asking.cache.find(key) : undefined;
  const tagged = found ? { ...init, headers: { ...init.headers, 'if-none-match': found.etag } } : init;
  const isRepeatable = ['GET', 'HEAD'].includes(method) || asking.options.isRepeatable({ method, path: pathname });
  const reply = await untilAnswered(asking, url, { init: tagged, isRepeatable });
  return method === 'GET' ? asking.cache.settle(key, reply, found) : reply;
}

type Attempt = { readonly init: HostRequest; readonly isRepeatable: boolean };

async function untilAnswered(asking: Asking, url: string, { init, isRepeatable }: Attempt): Promise<Response> {
  const { attempts = usualAttempts } = asking.options;
  for (let attempt = 1; ; attempt += 1) {
    await waitForBudget(asking, url, init.signal);
    const outcome = await tryOnce(asking, url, { init, isRepeatable });
    if (outcome.kind === 'answered') return outcome.reply;
    const isSafe = isRepeatable || outcome.didNothing;
    if (!isSafe || attempt >= attempts || init.signal?.aborted) {
      if (outcome.reply) return outcome.reply;
      throw unavailable(asking, url, outcome);
    }
    if (outcome.kind === 'failed') await pauseAfter(asking, url, { outcome, attempt, signal: init.signal });
  }
}

type Failed = {
  readonly kind: 'limited' | 'failed';
  readonly reason: string;
  /** The host cannot have done anything, so that asking again is safe. */
  readonly didNothing: boolean;
  /** What to hand on when there is no further attempt. */
  readonly reply?: Response;
  readonly cause?: unknown;
};

async function tryOnce(
  asking: Asking,
  url: string,
  attempt: Attempt,
): Promise<{ readonly kind: 'answered'; readonly reply: Response } | Failed> {
  const reply = await asking.send(url, attempt).catch((error: unknown) => error as Error);
  if (isPolderError(reply)) throw reply;
  if (!(reply instanceof Response)) {
    return { kind: 'failed', reason: errorText(reply), didNothing: wasNeverSent(reply), cause: reply };
  }
  if (await asking.budget.learn(new URL(url).pathname, reply))
    return { kind: 'limited', reason: usedUp, didNothing: true };
  if (!isPassing(reply.status)) return { kind: 'answered', reply };
  return { kind: 'failed', reason: `status ${reply.status}`, didNothing: false, reply };
}

const usedUp = 'the rate limit is used up';

type Pausing = { readonly outcome: Failed; readonly attempt: number; readonly signal: AbortSignal | undefined };

async function pauseAfter(asking: Asking, url: string, { outcome, attempt, signal }: Pausing): Promise<void> {
  const { log, now, random = Math.random } = asking.options;
  const wanted = outcome.reply ? (retryAfter(outcome.reply.headers, now()) ?? now()) - now() : 0;
  const pauseMs = wanted + firstPauseMs * 2 ** (attempt - 1) * (0.5 + random() / 2);
  if (pauseMs > patienceMs(asking)) {
    throw unavailable(asking, url, { reason: 'it asks to be left alone for longer than we wait' });
  }
  log.debug({ url, attempt, reason: outcome.reason }, 'asking a host again');
  await pause(pauseMs, undefined, signal ? { signal } : {});
}

async function waitForBudget(asking: Asking, url: string, signal: AbortSignal | undefined): Promise<void> {
  const { now } = asking.options;
  const { pathname } = new URL(url);
  const waitMs = () => asking.budget.readyAt(pathname) - now();
  for (let wait = waitMs(); wait > 0; wait = waitMs()) {
    if (wait > patienceMs(asking)) throw unavailable(asking, url, { reason: usedUp });
    asking.options.log.info({ url, waitMs: wait }, 'waiting for the rate limit of a host');
    await pause(wait, undefined, signal ? { signal } : {});
  }
}

function patienceMs({ options }: Asking): number {
  return options.patienceMs ?? 60_000;
}

function unavailable(asking: Asking, url: string, { reason, cause }: { reason: string; cause?: unknown }): PolderError {
  const { pathname: path } = new URL(url);
  const readyAt = asking.budget.readyAt(path);
  const details = { path, ...(readyAt > asking.options.now() ? { retryAt: readyAt } : {}) };
  return new PolderError('host_unavailable', `asking ${asking.options.origin}: ${reason}`, { cause, details });
}

function isPassing(status: number): boolean {
  return [500, 502, 503, 504].includes(status);
}

/** The connection was never made, so that the host cannot have done anything. */
function wasNeverSent(error: unknown): boolean {
  const code = error instanceof Error ? ((error.cause ?? error) as { code?: unknown }).code : undefined;
  return ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT'].includes(String(code));
}

type Sender = { readonly request: typeof import('undici').request; readonly dispatcher: Dispatcher };

/** Loaded at the first request: a tenth of what a server loads, and one with local repositories alone has no use for it. */
async function createSender({ origin, authorities, env = process.env }: HostFetchOptions): Promise<Sender> {
  const { Agent, interceptors, ProxyAgent, request } = await import('undici');
  const uri = proxyFor(origin, env);
  // Whoever issued a certificate may be trusted without the authority above, as Go and git have it.
  const secureContext = createSecureContext({ ca: [...authorities], allowPartialTrustChain: true });
  const tls = { secureContext };
  const agent =
    uri === null
      ? new Agent({ connect: tls, connections })
      : // Without a tunnel for http, as curl and Go do it: proxies often allow one for https alone.
        new ProxyAgent({ uri, requestTls: tls, proxyTls: tls, connections, proxyTunnel: false });
  return {
    request,
    dispatcher: agent.compose(readLocations(origin), interceptors.redirect({ maxRedirections: 20 })),
  };
}

type Sending = Sender & { readonly timeoutMs: number };

/**
 * The whole reply is read here, so that one that breaks off counts as an attempt that went wrong. Not with `fetch`, which
 * takes much more processor time.
 */
async function sendOnce(
  url: string,
  init: HostRequest,
  { request, dispatcher, timeoutMs }: Sending,
): Promise<Response> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const signal = init.signal ? AbortSignal.any([init.signal, timeout]) : timeout;
  const { method = 'GET', headers = {}, body = null } = init;
  const reply = await request(url, {
    dispatcher,
    signal,
    method: method as Dispatcher.HttpMethod,
    headers: { 'accept-encoding': 'gzip', 'user-agent': 'polder', ...withSmallNames(headers) },
    body,
  });
  const other = reply.statusCode >= 300 && reply.statusCode < 400 ? reply.headers[elsewhere] : undefined;
  if (other !== undefined) {
    await reply.body.dump();
    throw new PolderError('host_refused', `asking ${new URL(url).origin}: it sent us on to ${String(other)}`);
  }
  const bytes = await readBounded(reply.body);
  const hasNoBody = [204, 205, 304].includes(reply.statusCode);
  return new Response(hasNoBody ? null : await unpacked(bytes, String(reply.headers['content-encoding'] ?? '')), {
    status: reply.statusCode,
    headers: pairsOf(reply.headers),
  });
}

async function unpacked(bytes: Buffer<ArrayBuffer>, encoding: string): Promise<Buffer<ArrayBuffer>> {
  const plain = await unpackReply(bytes, encoding, largestReply).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ERR_BUFFER_TOO_LARGE' ? tooLarge() : error;
  });
  if (plain) return plain;
  throw new PolderError('host_refused', `reading a reply: it is packed as ${encoding}, which was not asked for`);
}

function tooLarge(): PolderError {
  return new PolderError('host_refused', 'reading a reply: it is larger than 50 MiB');
}

function withSmallNames(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function pairsOf(headers: Dispatcher.ResponseData['headers']): [string, string][] {
  return Object.entries(headers).flatMap(([name, value]) =>
    [value ?? []].flat().map((one): [string, string] => [name, one]),
  );
}

async function readBounded(body: AsyncIterable<Uint8Array>): Promise<Buffer<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.byteLength;
    if (length > largestReply) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Whether a call to a host failed in a way that asking later may cure. */
export function isPassingFailure(error: unknown): boolean {
  return isPolderError(error, 'host_unavailable');
}
