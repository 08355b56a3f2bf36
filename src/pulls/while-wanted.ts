import { setTimeout as pause } from 'node:timers/promises';
import { PolderError } from '../lib/errors.ts';
import { selectOpenCommands } from './command-store.ts';
import type { PullDeps } from './deps.ts';
import type { PullCommand } from './types.ts';

const lookEveryMs = 1000;

/**
 * Waits for the work of a command as long as it is wanted: throws `command_ended` once somebody has ended the command, which
 * nobody does any more when it has a run. What hangs by then, such as a fetch, keeps the next command waiting no longer: it is
 * told by `unwanted`; should it come to an end all the same, it finds that no run is accepted, and the task lost.
 */
export async function whileWanted<T>(
  deps: Pick<PullDeps, 'db'>,
  command: Pick<PullCommand, 'id' | 'pull' | 'runId'>,
  work: (unwanted: AbortSignal) => Promise<T>,
): Promise<T> {
  const done = new AbortController();
  if (command.runId !== null) return work(done.signal);
  const watch = async (): Promise<never> => {
    for (;;) {
      await pause(lookEveryMs, undefined, { signal: done.signal });
      const open = await selectOpenCommands(deps.db, command.pull.id).catch(() => undefined);
      const own = open?.find(({ id }) => id === command.id);
      if (open && !own) throw new PolderError('command_ended');
      if (own?.runId) return new Promise<never>(() => undefined);
    }
  };
  const ended = watch();
  // It ends so when the work is done.
  ended.catch(() => undefined);
  try {
    return await Promise.race([work(done.signal), ended]);
  } finally {
    done.abort();
  }
}
