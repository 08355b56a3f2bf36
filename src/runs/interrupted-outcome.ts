import { commandName } from './command-name.ts';
import type { OrphanStop } from './orphans.ts';
import type { ChangingCommand, JobOutcome } from './types.ts';

export type Interruption = {
  /** Whether the engine went on without the server: null where this machine knows nothing of it. */
  readonly outlived: boolean | null;
  /** Why it was asked to stop, if it was. */
  readonly stop: OrphanStop;
  /** The sentence in which it told how it ended. */
  readonly ending: string | null;
  /** What is wrong with the state that it left. */
  readonly trouble: string | undefined;
  readonly keepsLock: boolean;
};

const stops: Readonly<Record<Exclude<OrphanStop, null>, string>> = {
  cancelled: 'It was asked to stop, because the run was cancelled.',
  timed_out: 'It was asked to stop, because its time was up.',
};

/** The outcome of an apply whose server died: whole sentences that say what is known and what to do next. */
export function interruptedOutcome(
  phase: ChangingCommand,
  end: Interruption,
): Extract<JobOutcome, { kind: 'interrupted' }> {
  const sentences = [
    whatHappened(phase, end.outlived),
    end.stop === null ? '' : stops[end.stop],
    end.ending === null ? 'How far it came is not known.' : `The last it said: ${end.ending}`,
    end.trouble === undefined ? '' : `${end.trouble.charAt(0).toUpperCase()}${end.trouble.slice(1)}.`,
    end.keepsLock
      ? `It is not repeated. The project stays locked: look at ${results[phase]}, then delete the lock and plan again.`
      : `It is not repeated. Look at ${results[phase]}, then plan again.`,
  ];
  return { kind: 'interrupted', phase, message: sentences.filter((one) => one !== '').join(' ') };
}

const results: Readonly<Record<ChangingCommand, string>> = {
  apply: 'what was applied',
  import: 'what was imported',
  state_rm: 'what was removed from the state',
};

function whatHappened(phase: ChangingCommand, outlived: boolean | null): string {
  const name = commandName(phase);
  const stopped = `The server stopped while this ${name} was running`;
  if (outlived === null) return `${stopped}; whether the ${name} still goes on where that server was is not known.`;
  return outlived
    ? `${stopped}; the ${name} went on without it and has ended.`
    : `${stopped}, and the ${name} ended with it.`;
}
