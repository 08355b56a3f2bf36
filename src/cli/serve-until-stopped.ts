import { errorText } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import type { CliContext } from './context.ts';
import { exitCodes, signalExitCode } from './exit-codes.ts';
import { catchSignals, type Signals } from './stop-signals.ts';

/** What can be served: a part of what `startServer` gives. */
export type Stoppable = {
  /** Takes no new work; resolves when the work in hand has ended and everything is closed. */
  drain(): Promise<void>;
};

/**
 * Starts a server and keeps it until SIGINT or SIGTERM, which lets the work in hand end. Gives the code that the
 * process must end with at once: after a second signal nothing is put in order, and the next start finds what a crash
 * would have left.
 */
export async function serveUntilStopped(
  context: Pick<CliContext, 'complain' | 'signals'>,
  { log, start }: { readonly log: Log; readonly start: () => Promise<Stoppable> },
): Promise<number> {
  const signals = catchSignals(context.signals);
  try {
    const started = await Promise.race([starting(start), signals.second]);
    if (typeof started === 'string') return signalExitCode(started);
    if ('failure' in started) {
      context.complain(`initializing server: ${started.failure}`);
      return exitCodes.fault;
    }
    return await stopOnSignal(started.server, signals, log);
  } finally {
    signals.release();
  }
}

async function starting(start: () => Promise<Stoppable>): Promise<{ server: Stoppable } | { failure: string }> {
  try {
    return { server: await start() };
  } catch (error) {
    return { failure: errorText(error) };
  }
}

async function stopOnSignal(server: Stoppable, signals: Signals, log: Log): Promise<number> {
  const signal = await signals.first;
  log.info({ signal }, 'stopping in order; a second signal stops at once');
  const impatient = await Promise.race([server.drain(), signals.second]);
  return impatient === undefined ? exitCodes.ok : signalExitCode(impatient);
}
