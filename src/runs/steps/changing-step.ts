import { isPolderError } from '../../lib/errors.ts';
import type { RunDeps } from '../deps.ts';
import { failedOutcome } from '../failed-outcome.ts';
import type { StartedJob, StepsResult } from '../job-context.ts';
import type { ChangingCommand, JobOutcome } from '../types.ts';
import { engineFailed, engineStep, type Place, printedBy } from './engine-step.ts';
import { type KeptState, type LeftState, readStateFile, saveStateFile } from './kept-state.ts';

/** A command of the engine that changes a state, past the point of no return. */
export type ChangingStep = {
  readonly name: ChangingCommand;
  readonly place: Place;
  readonly args: readonly string[];
  /** The outcome when the engine has ended well. */
  readonly outcomeOf: (text: string) => JobOutcome;
};

/**
 * Runs it. What goes wrong around the engine becomes the outcome, since there is no way back from here. Only a person's
 * wish interrupts it: one that merely lost its lease is left to end.
 */
export async function changingStep(deps: RunDeps, started: StartedJob, step: ChangingStep): Promise<StepsResult> {
  const { name, place, args } = step;
  try {
    const end = await engineStep(deps, started, { name, place, args, signal: started.cancelled });
    if (end.kind === 'stopped') return end.result;
    if (end.code !== 0) return engineFailed(started, { place, args }, end);
    return { outcome: step.outcomeOf(end.text), output: end.text };
  } catch (error) {
    if (started.task.signal.aborted || isPolderError(error, 'task_lost')) throw error;
    deps.log.error({ jobId: started.job.id, err: error }, `an ${name} went wrong outside of its engine`);
    return { outcome: failedOutcome(error), output: printedAnyhow(started, name) };
  }
}

function printedAnyhow(started: StartedJob, name: string): string {
  try {
    return printedBy(started, name);
  } catch {
    return '';
  }
}

export type StateAfter = {
  readonly left: LeftState;
  /** For the transaction that ends the job. Gives the outcome that takes the place of `outcome`, if one does. */
  readonly save: NonNullable<StepsResult['save']>;
};

/** What the engine has left of the kept state, however it ended; undefined when others keep it. */
export async function stateAfter(
  deps: RunDeps,
  started: StartedJob,
  { state, outcome }: { state: KeptState; outcome: JobOutcome },
): Promise<StateAfter | undefined> {
  if (state.kind === 'elsewhere') return undefined;
  const left = await readStateFile(state.file);
  return {
    left,
    save: async (tx) => {
      const trouble = await saveStateFile(tx, started, { ...state.file, left, now: deps.now() });
      if (trouble === undefined) return undefined;
      const before = outcome.kind === 'failed' ? ` (and before that: ${outcome.message})` : '';
      return { kind: 'failed', code: 'state_conflict', message: `${trouble}${before}` };
    },
  };
}
