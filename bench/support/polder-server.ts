import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

export type PolderServer = {
  readonly url: string;
  /** From the start of the process to its first 200 on `/readyz`, in milliseconds. */
  readonly readyMs: number;
  usage(): ProcessUsage;
  /** SIGTERM, unless another signal is named, and then the end of the process. */
  stop(signal?: NodeJS.Signals): Promise<void>;
};

export type Settings = Readonly<Record<string, string | number>>;

/** From proc(5): memory in MB of 10^6 bytes, processor time in seconds, of the process alone and of its ended children. */
export type ProcessUsage = {
  readonly residentMb: number;
  readonly peakMb: number;
  readonly ownSeconds: number;
  readonly childrenSeconds: number;
};

export const apiSecret = 'bench';

const program = join(import.meta.dirname, '..', '..', 'bin', 'polder');
const clockTicks = 100;
const lookEveryMs = 5;

/** Starts the real program, as `npm run build` left it, and waits until it is ready. */
export async function startPolder(flags: Settings, env: Settings = {}): Promise<PolderServer> {
  const port = flags.port ?? (await freePort());
  const given = { port, 'repo-allowlist': '*', 'api-secret': apiSecret, 'log-level': 'warn', ...flags };
  const args = Object.entries(given).map(([name, value]) => `--${name}=${value}`);
  const begun = performance.now();
  const child = spawn(process.execPath, [program, 'server', ...args], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...Object.fromEntries(Object.entries(env).map(([name, value]) => [name, String(value)])) },
  });
  const url = `http://127.0.0.1:${port}`;
  await untilReady(child, `${url}/readyz`);
  const readyMs = performance.now() - begun;
  return {
    url,
    readyMs,
    usage: () => usageOf(child.pid ?? 0),
    stop: async (signal = 'SIGTERM') => {
      child.kill(signal);
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    },
  };
}

/** The same for the time that `work` takes. */
export async function withPolder<T>(
  flags: Settings,
  work: (server: PolderServer) => Promise<T>,
  env: Settings = {},
): Promise<T> {
  const server = await startPolder(flags, env);
  try {
    return await work(server);
  } finally {
    await server.stop();
  }
}

/** Says so when there is no program to start. */
export function requireBuild(): void {
  if (!existsSync(join(import.meta.dirname, '..', '..', 'dist', 'main.js'))) {
    throw new Error('there is no dist/: run `npm run build` first');
  }
}

async function untilReady(child: ChildProcess, url: string): Promise<void> {
  while (child.exitCode === null && child.signalCode === null) {
    if ((await statusOf(url)) === 200) return;
    await pause(lookEveryMs);
  }
  throw new Error(`the server ended with ${child.exitCode ?? child.signalCode}`);
}

function statusOf(url: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    const sent = request(url, { agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    sent.once('error', () => resolve(undefined));
    sent.end();
  });
}

function usageOf(pid: number): ProcessUsage {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const megabytes = (name: string) => (Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1]) * 1024) / 1e6;
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const seconds = (first: number) => ((fields[first] ?? 0) + (fields[first + 1] ?? 0)) / clockTicks;
  return {
    residentMb: megabytes('VmRSS'),
    peakMb: megabytes('VmHWM'),
    ownSeconds: seconds(11),
    childrenSeconds: seconds(13),
  };
}

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as { port: number };
  probe.close();
  await once(probe, 'close');
  return port;
}
