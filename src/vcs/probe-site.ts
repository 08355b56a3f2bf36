import type { Log } from '../lib/log.ts';
import { type Finding, ok, warning } from './diagnosis.ts';
import { explainConnection } from './explain-connection.ts';
import { createHostFetch } from './host-fetch.ts';

export type ProbeOptions = {
  readonly authorities: readonly string[];
  readonly log: Log;
  readonly now: () => number;
};

export type Probe =
  | { readonly kind: 'answered'; readonly status: number; readonly body: string; readonly findings: readonly Finding[] }
  | { readonly kind: 'unreachable'; readonly finding: Finding };

/** From here on tokens of apps are refused, which GitHub compares with its own clock. */
const largestSkewMs = 30_000;
const timeoutMs = 10_000;

/**
 * Asks for an address once without credentials, and compares the clocks. The findings are about the connection and, where
 * the reply tells the time, about the clock.
 */
export async function probeSite(options: ProbeOptions, url: string): Promise<Probe> {
  const { origin } = new URL(url);
  // Somebody waits for it, and what fails now is what they want to know.
  const hostFetch = createHostFetch({ ...options, origin, timeoutMs, attempts: 1, isRepeatable: () => false });
  try {
    const reply = await hostFetch(url, { headers: { 'user-agent': 'polder' } });
    const body = await reply.text();
    const findings = [ok('connection', `${origin} answers`), ...judgeClock(reply.headers.get('date'), options.now())];
    return { kind: 'answered', status: reply.status, body, findings };
  } catch (error) {
    return { kind: 'unreachable', finding: explainConnection('connection', error) };
  }
}

function judgeClock(date: string | null, now: number): Finding[] {
  const theirs = Date.parse(date ?? '');
  if (Number.isNaN(theirs)) return [];
  const skewMs = now - theirs;
  const seconds = Math.round(Math.abs(skewMs) / 1000);
  if (Math.abs(skewMs) <= largestSkewMs) return [ok('clock', `agrees with this machine's within ${seconds + 1} s`)];
  const text = `this machine's clock is ${seconds} s ${skewMs > 0 ? 'ahead' : 'behind'}`;
  return [warning('clock', text, 'let the clock be set by NTP: credentials that expire are refused when it is wrong')];
}
