import { writeFile } from 'node:fs/promises';
import type { Tx } from '../../db/index.ts';
import { dropPlan, loadPlan } from '../../plans/index.ts';
import { applyArgs, applySummary } from '../../terraform/index.ts';
import { changeJob } from '../change-state.ts';
import type { RunDeps } from '../deps.ts';
import { cancelledOutcome, type StartedJob, type StepsResult } from '../job-context.ts';
import { noteJob } from '../job-files.ts';
import { refusalToApply } from '../requirements.ts';
import { engineFailed, engineStep } from './engine-step.ts';
import { keepState, saveKeptState } from './kept-state.ts';
import type { PlannedJob } from './plan.ts';
import { planJsonOf } from './show.ts';

/**
 * Applies exactly the saved plan: its digest, commit and configuration are checked, requirements are asked once more, and
 * the point of no return is committed, before the engine starts.
 */
export async function applySteps(deps: RunDeps, started: StartedJob, plan: PlannedJob): Promise<StepsResult> {
  const drop = async (tx: Tx) => {
    await dropPlan(tx, plan.planId, { reason: 'its run ended', now: deps.now() });
    return undefined;
  };
  if (started.cancelled.aborted) return { outcome: cancelledOutcome(started), output: '', save: drop };
  const refusal = await refusalToApply(deps, started, () => planJsonOf(deps, started, plan));
  if (refusal) return { outcome: { kind: 'refused', refusal }, output: '', save: drop };
  const loaded = await loadPlan(deps.db, plan.planId, plan.basis);
  if (loaded.kind === 'invalid') {
    const message = `applying the saved plan: ${loaded.reason}; plan again`;
    return { outcome: { kind: 'failed', code: 'plan_invalid', message }, output: '', save: drop };
  }
  const args = applyArgs({ planFile: started.files.planPath, extraArgs: started.scope.run.command.extraArgs });
  if (args.kind === 'refused') {
    return { outcome: { kind: 'failed', code: 'engine_failed', message: args.message }, output: '', save: drop };
  }
  await writeFile(started.files.planPath, loaded.content, { mode: 0o600 });
  const result = await applyNow(deps, started, { plan, args: args.args });
  const state = await keepState(deps, started, plan.state);
  return {
    ...result,
    save: async (tx) => {
      await drop(tx);
      return saveKeptState(tx, { state, outcome: result.outcome });
    },
  };
}

async function applyNow(
  deps: RunDeps,
  started: StartedJob,
  step: { plan: PlannedJob; args: string[] },
): Promise<StepsResult> {
  const { place, state } = step.plan;
  const { checkout, projectDir } = place;
  await noteJob(started.files, { checkout, projectDir, statePath: state.kind === 'kept' ? state.path : null });
  await deps.db.transaction(async (tx) => {
    await started.task.assertHeld(tx);
    const change = { state: 'applying', applyingAt: deps.now() } as const;
    await changeJob(deps, tx, { ...started.scope, job: started.job, change });
  });
  // Only a person's wish interrupts an apply: one that merely lost its lease is left to end.
  const end = await engineStep(deps, started, { name: 'apply', place, args: step.args, signal: started.cancelled });
  if (end.kind === 'stopped') return end.result;
  if (end.code !== 0) return engineFailed(started, { place, args: step.args }, end);
  const outcome = { kind: 'applied', summary: applySummary(end.text), planId: step.plan.planId } as const;
  return { outcome, output: end.text };
}
