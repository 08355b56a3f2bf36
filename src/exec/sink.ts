import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { errorText, PolderError } from '../lib/errors.ts';
import { createBoundedOutput } from './bounded-output.ts';
import { capFile } from './cap-file.ts';
import type { ProcessOutput, ProcessRecord } from './types.ts';

/** How long an ended program's pipes may stay open because something it started still holds them. */
const drainMs = 1_000;

type Ending = { code: number | null; signal: NodeJS.Signals | null };

/** Where a process writes to. */
export type Sink = {
  readonly stdio: ['pipe', 'pipe'] | [number, number];
  /** Takes the output until the process has ended and everything it wrote has come. Call it right after the start. */
  drained(child: ChildProcess): Promise<Ending>;
  collected(): Pick<ProcessRecord, 'stdout' | 'stderr' | 'truncated'>;
  close(): void;
};

export async function openSink(output: ProcessOutput): Promise<Sink> {
  return output.kind === 'capture' ? captureSink(output.maxBytes) : fileSink(output);
}

/** Programs warn of what is no fault, however little they have to say otherwise. */
const leastForWarnings = 64 * 1024;

function captureSink(maxBytes: number): Sink {
  const stdout = createBoundedOutput(maxBytes);
  const stderr = createBoundedOutput(Math.max(maxBytes, leastForWarnings));
  return {
    stdio: ['pipe', 'pipe'],
    drained: (child) =>
      new Promise((resolve) => {
        child.stdout?.on('data', stdout.add);
        child.stderr?.on('data', stderr.add);
        let drain: NodeJS.Timeout | undefined;
        child.once('exit', () => {
          drain = setTimeout(() => setImmediate(() => dropPipes(child)), drainMs);
        });
        child.once('close', (code, signal) => {
          clearTimeout(drain);
          resolve({ code, signal });
        });
      }),
    collected: () => ({
      stdout: stdout.text(),
      stderr: stderr.text(),
      truncated: stdout.truncated() || stderr.truncated(),
    }),
    close: () => undefined,
  };
}

/** After `setImmediate` each pipe has been read once more, so that a busy event loop loses nothing. */
function dropPipes(child: ChildProcess): void {
  child.stdout?.destroy();
  child.stderr?.destroy();
}

function fileSink(output: Extract<ProcessOutput, { kind: 'file' }>): Sink {
  const fd = openForAppending(output.path);
  const cap = output.maxBytes === undefined ? undefined : capFile(output.path, output.maxBytes);
  let truncated = false;
  return {
    stdio: [fd, fd],
    drained: async (child) => {
      const ending = await new Promise<Ending>((resolve) => {
        child.once('exit', (code, signal) => resolve({ code, signal }));
      });
      truncated = (await cap?.finish()) ?? false;
      return ending;
    },
    collected: () => ({ stdout: '', stderr: '', truncated }),
    close: () => {
      cap?.stop();
      closeSync(fd);
    },
  };
}

function openForAppending(path: string): number {
  try {
    return openSync(path, 'a', 0o600);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const full = code === 'ENOSPC' || code === 'EDQUOT';
    throw new PolderError(full ? 'disk_full' : 'internal', `opening the output file ${path}: ${errorText(error)}`, {
      cause: error,
    });
  }
}
