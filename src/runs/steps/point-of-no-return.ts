import { isCurrentState } from '../../states/index.ts';
import { changeJob } from '../change-state.ts';
import type { RunDeps } from '../deps.ts';
import type { StartedJob } from '../job-context.ts';
import { noteJob } from '../job-files.ts';
import { refusalByApply } from '../requirements.ts';
import type { JobOutcome } from '../types.ts';
import type { Place } from './engine-step.ts';
import { type KeptState, stateKey } from './kept-state.ts';

/** Where a state is about to be changed. `stateChanged`: what it means that somebody else has changed it since. */
export type ChangePlace = { readonly place: Place; readonly state: KeptState; readonly stateChanged: JobOutcome };

/**
 * Commits the job to change a state: from here on it is never repeated. Or says what is in the way, and leaves the job as
 * it is.
 */
export async function passPointOfNoReturn(
  deps: RunDeps,
  started: StartedJob,
  { place, state, stateChanged }: ChangePlace,
): Promise<JobOutcome | undefined> {
  const file = state.kind === 'kept' ? state.file : null;
  noteJob(started.files, { checkout: place.checkout, projectDir: place.projectDir, state: file });
  // The log of a change that is interrupted has all that went before it.
  await started.writer.flush();
  return deps.db.transaction(async (tx) => {
    await started.task.assertHeld(tx);
    const refusal = await refusalByApply(tx, started);
    if (refusal) return { kind: 'refused', refusal };
    if (file && !(await isCurrentState(tx, stateKey(started), file.basedOn))) return stateChanged;
    const change = { state: 'applying', applyingAt: deps.now() } as const;
    await changeJob(deps, tx, { ...started.scope, job: started.job, change });
    return undefined;
  });
}
