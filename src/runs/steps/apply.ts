import { writeFile } from 'node:fs/promises';
import { isPolderError } from '../../lib/errors.ts';
import { loadPlan } from '../../plans/index.ts';
import { isCurrentState } from '../../states/index.ts';
import { applyArgs, applySummary } from '../../terraform/index.ts';
import { changeJob } from '../change-state.ts';
import type { RunDeps } from '../deps.ts';
import { failedOutcome } from '../failed-outcome.ts';
import { cancelledOutcome, type StartedJob, type StepsResult } from '../job-context.ts';
import { noteJob } from '../job-files.ts';
import { refusalByApply, refusalToApply } from '../requirements.ts';
import type { JobOutcome } from '../types.ts';
import { engineFailed, engineStep, printedBy } from './engine-step.ts';
import { type KeptState, readStateFile, saveStateFile, stateKey } from './kept-state.ts';
import type { PlannedJob } from './plan.ts';
import { planJsonOf } from './show.ts';

/**
 * Applies exactly the saved plan: its digest, commit and configuration are checked, requirements are asked once more, and
 * the point of no return is committed, before the engine starts. From there on the state is saved whatever happens.
 */
export async function applySteps(deps: RunDeps, started: StartedJob, plan: PlannedJob): Promise<StepsResult> {
  const ready = await readyToApply(deps, started, plan);
  if (ready.kind === 'ended') return { outcome: ready.outcome, output: '' };
  const hindrance = await passPointOfNoReturn(deps, started, plan);
  if (hindrance) return { outcome: hindrance, output: '' };
  const result = await applyPlan(deps, started, { plan, args: ready.args });
  const save = await stateSaver(deps, started, { state: plan.state, outcome: result.outcome });
  return save ? { ...result, save } : result;
}

type Ready =
  | { readonly kind: 'ready'; readonly args: string[] }
  | { readonly kind: 'ended'; readonly outcome: JobOutcome };

async function readyToApply(deps: RunDeps, started: StartedJob, plan: PlannedJob): Promise<Ready> {
  if (started.cancelled.aborted) return { kind: 'ended', outcome: cancelledOutcome(started) };
  const refusal = await refusalToApply(deps, started, () => planJsonOf(deps, started, plan));
  if (refusal) return { kind: 'ended', outcome: { kind: 'refused', refusal } };
  const loaded = await loadPlan(deps.db, plan.planId, plan.basis);
  if (loaded.kind === 'invalid') return { kind: 'ended', outcome: planInvalid(loaded.reason) };
  const args = applyArgs({ planFile: started.files.planPath, extraArgs: started.scope.run.command.extraArgs });
  if (args.kind === 'refused') {
    return { kind: 'ended', outcome: { kind: 'failed', code: 'engine_failed', message: args.message } };
  }
  await writeFile(started.files.planPath, loaded.content, { mode: 0o600 });
  return { kind: 'ready', args: args.args };
}

/** Commits the job to its apply, or says what is in the way and leaves it as it is. */
async function passPointOfNoReturn(
  deps: RunDeps,
  started: StartedJob,
  plan: PlannedJob,
): Promise<JobOutcome | undefined> {
  const { checkout, projectDir } = plan.place;
  const state = plan.state.kind === 'kept' ? plan.state.file : null;
  noteJob(started.files, { checkout, projectDir, state });
  // The log of an apply that is interrupted has the plan that was applied.
  await started.writer.flush();
  return deps.db.transaction(async (tx) => {
    await started.task.assertHeld(tx);
    const refusal = await refusalByApply(tx, started);
    if (refusal) return { kind: 'refused', refusal };
    if (state && !(await isCurrentState(tx, stateKey(started), state.basedOn))) {
      return planInvalid('another apply changed the state since');
    }
    const change = { state: 'applying', applyingAt: deps.now() } as const;
    await changeJob(deps, tx, { ...started.scope, job: started.job, change });
    return undefined;
  });
}

function planInvalid(reason: string): JobOutcome {
  return { kind: 'failed', code: 'plan_invalid', message: `applying the saved plan: ${reason}; plan again` };
}

/** The apply itself. What goes wrong around the engine becomes the outcome: there is no way back from here. */
async function applyPlan(
  deps: RunDeps,
  started: StartedJob,
  step: { plan: PlannedJob; args: string[] },
): Promise<StepsResult> {
  const { place, planId } = step.plan;
  try {
    // Only a person's wish interrupts an apply: one that merely lost its lease is left to end.
    const end = await engineStep(deps, started, { name: 'apply', place, args: step.args, signal: started.cancelled });
    if (end.kind === 'stopped') return end.result;
    if (end.code !== 0) return engineFailed(started, { place, args: step.args }, end);
    return { outcome: { kind: 'applied', summary: applySummary(end.text), planId }, output: end.text };
  } catch (error) {
    if (started.task.signal.aborted || isPolderError(error, 'task_lost')) throw error;
    deps.log.error({ jobId: started.job.id, err: error }, 'an apply went wrong outside of its engine');
    return { outcome: failedOutcome(error), output: await printedBy(started, 'apply').catch(() => '') };
  }
}

async function stateSaver(
  deps: RunDeps,
  started: StartedJob,
  end: { state: KeptState; outcome: JobOutcome },
): Promise<StepsResult['save']> {
  const { state, outcome } = end;
  if (state.kind === 'elsewhere') return undefined;
  const left = await readStateFile(state.file);
  return async (tx) => {
    const trouble = await saveStateFile(tx, started, { ...state.file, left, now: deps.now() });
    if (trouble === undefined) return undefined;
    const before = outcome.kind === 'failed' ? ` (and before that: ${outcome.message})` : '';
    return { kind: 'failed', code: 'state_conflict', message: `${trouble}${before}` };
  };
}
