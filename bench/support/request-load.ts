import { Agent, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

/** `url`: the part that all paths share. */
export type Target = { readonly url: string; readonly token: string };

/** One request over a kept connection, in milliseconds; a status other than `wanted` throws. */
export function timed(
  target: Target,
  sent: { readonly path: string; readonly method?: string; readonly agent?: Agent; readonly wanted?: number },
): Promise<number> {
  const { path, method = 'GET', wanted = 200, agent = false } = sent;
  const begun = performance.now();
  return new Promise((resolve, reject) => {
    const headers = { 'private-token': target.token };
    const asked = request(`${target.url}${path}`, { method, agent, headers }, (response) => {
      response.resume();
      response.once('end', () => {
        if (response.statusCode === wanted) resolve(performance.now() - begun);
        else reject(new Error(`${method} ${path}: ${response.statusCode}`));
      });
    });
    asked.once('error', reject).end();
  });
}

/**
 * Asks `perSecond` times a second over `connections` connections, for `seconds`. Each asks when its turn comes, whether
 * or not others have their answer; a time counts from that turn, so that waiting for a free connection is part of it.
 */
export async function load(
  target: Target,
  rate: { readonly connections: number; readonly perSecond: number; readonly seconds: number },
  pathOf: (index: number) => string,
): Promise<number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: rate.connections });
  const begun = performance.now();
  const times = Array.from({ length: rate.perSecond * rate.seconds }, async (_, index) => {
    await pause((index * 1000) / rate.perSecond - (performance.now() - begun));
    return timed(target, { path: pathOf(index), agent });
  });
  try {
    return await Promise.all(times);
  } finally {
    agent.destroy();
  }
}
