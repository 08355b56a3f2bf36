import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { onCleanup } from './cleanup.ts';
import { portFinder } from './free-port.ts';
import { temporaryDir } from './temp.ts';
import { waitFor } from './wait-for.ts';

export type ServerOptions = {
  /** Flags of `polder server`, without dashes; `port` and `data-dir` are chosen when absent. */
  readonly flags?: Readonly<Record<string, string | number | boolean>>;
  readonly env?: Readonly<Record<string, string>>;
  /** How long it may take to be ready. */
  readonly timeoutMs?: number;
  /** A command that is given the server's as its last arguments, and becomes it. */
  readonly through?: readonly string[];
};

export type Exit = { readonly code: number | null; readonly signal: NodeJS.Signals | null };

export type TestServer = {
  /** Without a slash at the end. */
  readonly url: string;
  readonly pid: number;
  readonly dataDir: string;
  /** All that it has written so far to standard output and standard error. */
  log(): string;
  /** Sends the signal and waits for the end, for a minute; then kills it and fails. */
  stop(signal?: NodeJS.Signals): Promise<Exit>;
  /** How it ended. */
  readonly ended: Promise<Exit>;
};

/** The program under test, as `npm run build` left it. */
export const polderProgram = join(import.meta.dirname, '..', '..', 'bin', 'polder');

/** For a machine that has other things to do. */
const patienceMs = 60_000;

const freePort = portFinder();

/** Starts `polder server` as a process and waits until it is ready. It is stopped when the test ends. */
export async function startServer(options: ServerOptions = {}): Promise<TestServer> {
  const { flags = {}, env = {}, timeoutMs = patienceMs, through = [] } = options;
  const port = Number(flags.port ?? (await freePort()));
  const dataDir = String(flags['data-dir'] ?? (await temporaryDir()));
  const all = { ...flags, port, 'data-dir': dataDir };
  const args = Object.entries(all).map(([name, value]) => `--${name}=${value}`);
  const [program = '', ...rest] = [...through, process.execPath, polderProgram, 'server', ...args];
  const child = spawn(program, rest, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const server = handle(child, `http${'ssl-cert-file' in flags ? 's' : ''}://127.0.0.1:${port}`, dataDir);
  onCleanup(async () => {
    if (child.exitCode === null && child.signalCode === null) await server.stop();
  });
  await waitUntilReady(server, timeoutMs);
  return server;
}

function handle(child: ChildProcess, url: string, dataDir: string): TestServer {
  let log = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      log += text;
    });
  }
  // Not 'close': a Terraform process that outlives its server may keep the pipes open.
  const ended = new Promise<Exit>((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })));
  return {
    url,
    pid: child.pid ?? -1,
    dataDir,
    log: () => log,
    ended,
    stop: async (signal = 'SIGTERM') => {
      child.kill(signal);
      const overdue = setTimeout(() => child.kill('SIGKILL'), patienceMs);
      const exit = await ended;
      clearTimeout(overdue);
      if (exit.signal === 'SIGKILL' && signal !== 'SIGKILL') {
        throw new Error(`stopping the server: it did not end within ${patienceMs / 1000} s of ${signal}\n${log}`);
      }
      return exit;
    },
  };
}

async function waitUntilReady(server: TestServer, timeoutMs: number): Promise<void> {
  let exit: Exit | undefined;
  void server.ended.then((value) => {
    exit = value;
  });
  await waitFor('the server to be ready', async () => exit !== undefined || (await fetch(`${server.url}/readyz`)).ok, {
    timeoutMs,
  }).catch((error: unknown) => {
    throw new Error(`starting the server: ${String(error)}\n${server.log()}`, { cause: error });
  });
  if (exit) throw new Error(`starting the server: it ended with ${JSON.stringify(exit)}\n${server.log()}`);
}
