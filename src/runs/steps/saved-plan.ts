import { writeFile } from 'node:fs/promises';
import { loadPlan } from '../../plans/index.ts';
import type { RunDeps } from '../deps.ts';
import type { StartedJob } from '../job-context.ts';
import type { Place } from './engine-step.ts';
import { type PlanSteps, planBasis } from './plan.ts';
import { planInvalid } from './plan-invalid.ts';
import { readyPlaceOfPlan } from './ready-place.ts';

/**
 * Makes the place ready for the apply of a plan that an earlier run has saved. One that was made from something else, or
 * is not there any more, ends the job before anything is started.
 */
export async function savedPlanSteps(
  deps: RunDeps,
  started: StartedJob,
  { place, planId }: { place: Place; planId: number },
): Promise<PlanSteps> {
  const basis = planBasis(started, place);
  const loaded = await loadPlan(deps.db, planId, basis);
  if (loaded.kind === 'invalid') {
    return { kind: 'ended', result: { outcome: planInvalid(loaded.reason), output: '' } };
  }
  // Requirements may look into it.
  await writeFile(started.files.planPath, loaded.content, { mode: 0o600 });
  const signal = AbortSignal.any([started.cancelled, started.task.signal]);
  const ready = await readyPlaceOfPlan(deps, started, { place, signal, planLockFile: loaded.lockFile });
  if (ready.kind === 'ended') return ready;
  return { kind: 'planned', plan: { planId, basis, place, state: ready.state } };
}
