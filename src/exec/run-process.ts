import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { identify, killGroup } from './process-identity.ts';
import { openSink, type Sink } from './sink.ts';
import type { ProcessOptions, ProcessResult } from './types.ts';

/** The longest delay a timer of Node takes. */
const longestTimer = 2 ** 31 - 1;

/**
 * Runs a program to its end, without a shell, in a process group of its own, and says how it ended. When time is up or
 * `signal` aborts, the group gets SIGINT and, `killAfterMs` later, SIGKILL; what the program leaves behind in its group
 * is then killed too. Settles when the program has ended, even if something it started still holds its pipes.
 *
 * A program that cannot be started is a result. Throws `disk_full` when there is no space for the output file, and
 * whatever `onStart` throws.
 */
export async function runProcess(options: ProcessOptions): Promise<ProcessResult> {
  const begun = performance.now();
  if (options.signal?.aborted) {
    return { kind: 'cancelled', code: null, stdout: '', stderr: '', truncated: false, durationMs: 0 };
  }
  const sink = await openSink(options.output);
  try {
    const started = await start(options, sink);
    if (started.kind === 'not_started') return started;
    const { child, pid } = started;
    const stopper = createStopper(options, child, pid);
    const [{ code, signal }, fault] = await Promise.all([sink.drained(child), recordStart(options, pid, stopper.stop)]);
    if (fault !== undefined) throw fault.error;
    const record = { ...sink.collected(), durationMs: Math.round(performance.now() - begun) };
    const stopped = stopper.reason();
    if (stopped !== undefined) return { kind: stopped, code, ...record };
    return signal === null ? { kind: 'exited', code: code ?? 0, ...record } : { kind: 'killed', signal, ...record };
  } finally {
    sink.close();
  }
}

type Started =
  | { kind: 'started'; child: ChildProcess; pid: number }
  | { kind: 'not_started'; code: string; reason: string };

async function start(options: ProcessOptions, sink: Sink): Promise<Started> {
  let child: ChildProcess;
  try {
    child = spawn(options.file, options.args, {
      cwd: options.cwd,
      env: { ...options.env },
      detached: true,
      stdio: [options.input === undefined ? 'ignore' : 'pipe', ...sink.stdio],
    });
  } catch (error) {
    // Thrown, not emitted: an argument list that is too long, a NUL byte in an argument.
    return notStarted(options, error as NodeJS.ErrnoException);
  }
  if (child.pid === undefined) {
    const error = await new Promise<NodeJS.ErrnoException>((resolve) => child.once('error', resolve));
    return notStarted(options, error);
  }
  // A program that ends without reading its input breaks the pipe: its own affair.
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(options.input);
  return { kind: 'started', child, pid: child.pid };
}

function notStarted(options: ProcessOptions, error: NodeJS.ErrnoException): Started {
  const code = error.code ?? 'UNKNOWN';
  const reasons: Record<string, string> = {
    ENOENT: existsSync(options.cwd)
      ? 'there is no such program'
      : `the working directory '${options.cwd}' does not exist`,
    EACCES: 'the file may not be executed, or the working directory not be entered',
    E2BIG: 'the arguments and the environment are too long',
    ENOEXEC: 'the file is not a program for this machine',
    ERR_INVALID_ARG_VALUE: 'an argument or a variable holds a NUL byte',
  };
  return { kind: 'not_started', code, reason: `starting '${options.file}': ${reasons[code] ?? error.message}` };
}

/** Tells the caller who was started. A start that cannot be recorded must not go on unseen, so it is stopped. */
async function recordStart(options: ProcessOptions, pid: number, stop: (why: 'cancelled') => void) {
  try {
    await options.onStart?.(identify(pid));
    return undefined;
  } catch (error) {
    stop('cancelled');
    return { error };
  }
}

/** Stops the group when time is up or the signal aborts, until the leader has ended. */
function createStopper(options: ProcessOptions, child: ChildProcess, pid: number) {
  let reason: 'timed_out' | 'cancelled' | undefined;
  let hardStop: NodeJS.Timeout | undefined;
  const stop = (why: 'timed_out' | 'cancelled'): void => {
    if (reason !== undefined || child.exitCode !== null || child.signalCode !== null) return;
    reason = why;
    killGroup(pid, 'SIGINT');
    hardStop = setTimeout(() => killGroup(pid, 'SIGKILL'), options.killAfterMs);
  };
  const cancel = (): void => stop('cancelled');
  const { timeoutMs, signal } = options;
  const limit =
    timeoutMs === undefined ? undefined : setTimeout(() => stop('timed_out'), Math.min(timeoutMs, longestTimer));
  signal?.addEventListener('abort', cancel, { once: true });
  if (signal?.aborted) cancel();
  child.once('exit', () => {
    clearTimeout(limit);
    clearTimeout(hardStop);
    signal?.removeEventListener('abort', cancel);
    if (reason !== undefined) killGroup(pid, 'SIGKILL');
  });
  return { stop, reason: () => reason };
}
