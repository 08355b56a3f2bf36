import type { OrphanStop } from './orphans.ts';
import type { JobOutcome } from './types.ts';

export type Interruption = {
  /** The engine went on without the server. */
  readonly outlived: boolean;
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
export function interruptedOutcome(end: Interruption): Extract<JobOutcome, { kind: 'interrupted' }> {
  const sentences = [
    end.outlived
      ? 'The server stopped while this apply was running; the apply went on without it and has ended.'
      : 'The server stopped while this apply was running, and the apply ended with it.',
    end.stop === null ? '' : stops[end.stop],
    end.ending === null ? 'How far it came is not known.' : `The last it said: ${end.ending}`,
    end.trouble === undefined ? '' : `${end.trouble.charAt(0).toUpperCase()}${end.trouble.slice(1)}.`,
    end.keepsLock
      ? 'It is not repeated. The project stays locked: look at what was applied, then delete the lock and plan again.'
      : 'It is not repeated. Look at what was applied, then plan again.',
  ];
  return { kind: 'interrupted', phase: 'apply', message: sentences.filter((one) => one !== '').join(' ') };
}
