import { createServer } from 'node:net';

/** Below the ports that systems give to outgoing connections, which could otherwise take one before it is used. */
const first = 20_000;
const perWorker = 200;

/** Gives, on each call, a port on which nothing listens; workers of one run never get the same. */
export function portFinder(): () => Promise<number> {
  const worker = Number(process.env.VITEST_POOL_ID ?? '0') % 50;
  let next = Math.floor(Math.random() * perWorker);
  return async () => {
    for (let tries = 0; tries < perWorker; tries += 1) {
      next = (next + 1) % perWorker;
      const port = first + worker * perWorker + next;
      if (await isFree(port)) return port;
    }
    throw new Error(`no free port from ${first + worker * perWorker} on`);
  };
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, exclusive: true }, () => probe.close(() => resolve(true)));
  });
}
