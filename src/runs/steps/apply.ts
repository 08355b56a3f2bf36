import { writeFile } from 'node:fs/promises';
import { dropPlan, loadPlan } from '../../plans/index.ts';
import { applyArgs, applySummary, changesBegun } from '../../terraform/index.ts';
import type { RunDeps } from '../deps.ts';
import { cancelledOutcome, type StartedJob, type StepsResult } from '../job-context.ts';
import { refusalToApply } from '../requirements.ts';
import type { JobOutcome } from '../types.ts';
import { changingStep, type StateAfter, stateAfter } from './changing-step.ts';
import { isChanged } from './kept-state.ts';
import type { PlannedJob } from './plan.ts';
import { planInvalid } from './plan-invalid.ts';
import { passPointOfNoReturn } from './point-of-no-return.ts';
import { planJsonOf } from './show.ts';

/**
 * Applies exactly the saved plan: its digest, commit and configuration are checked, requirements are asked once more, and
 * the point of no return is committed, before the engine starts. From there on the state is saved whatever happens.
 */
export async function applySteps(deps: RunDeps, started: StartedJob, plan: PlannedJob): Promise<StepsResult> {
  const ready = await readyToApply(deps, started, plan);
  if (ready.kind === 'ended') return { outcome: ready.outcome, output: '' };
  const { place, state, planId } = plan;
  const stateChanged = planInvalid('another apply changed the state since');
  const hindrance = await passPointOfNoReturn(deps, started, { place, state, stateChanged });
  if (hindrance) return { outcome: hindrance, output: '' };
  const outcomeOf = (text: string): JobOutcome => ({ kind: 'applied', summary: applySummary(text), planId });
  const result = await changingStep(deps, started, { name: 'apply', place, args: ready.args, outcomeOf });
  const after = await stateAfter(deps, started, { state, outcome: result.outcome });
  return started.job.planId === null
    ? { ...result, ...(after ? { save: after.save } : {}) }
    : endOfSavedPlan(deps, { result, plan, after });
}

type Ready =
  | { readonly kind: 'ready'; readonly args: string[] }
  | { readonly kind: 'ended'; readonly outcome: JobOutcome };

async function readyToApply(deps: RunDeps, started: StartedJob, plan: PlannedJob): Promise<Ready> {
  if (started.cancelled.aborted) return { kind: 'ended', outcome: cancelledOutcome(started) };
  const { extraArgs } = started.scope.run.command;
  const { executableName } = deps.settings;
  const args = applyArgs({ planFile: started.files.planPath, extraArgs, executableName });
  if (args.kind === 'refused') {
    return { kind: 'ended', outcome: { kind: 'failed', code: 'engine_failed', message: args.message } };
  }
  const refusal = await refusalToApply(deps, started, () => planJsonOf(deps, started, plan));
  if (refusal) return { kind: 'ended', outcome: { kind: 'refused', refusal } };
  const loaded = await loadPlan(deps.db, plan.planId, plan.basis);
  if (loaded.kind === 'invalid') return { kind: 'ended', outcome: planInvalid(loaded.reason) };
  await writeFile(started.files.planPath, loaded.content, { mode: 0o600 });
  return { kind: 'ready', args: args.args };
}

type AppliedPlan = {
  readonly result: StepsResult;
  readonly plan: PlannedJob;
  readonly after: StateAfter | undefined;
};

/**
 * A saved plan that was applied goes. One whose apply did not come out may be applied again, as long as nothing was
 * changed: the engines take no plan that was made for another state.
 */
function endOfSavedPlan(deps: RunDeps, { result, plan, after }: AppliedPlan): StepsResult {
  const isApplied = result.outcome.kind === 'applied';
  const isVoid = !isApplied && hasChanged(result, plan, after);
  const outcome = isVoid ? withAdvice(result.outcome) : result.outcome;
  return {
    ...result,
    outcome,
    save: async (tx) => {
      const reason = isApplied ? 'applied' : 'the state has changed since it was made';
      if (isApplied || isVoid) await dropPlan(tx, plan.planId, { reason, now: deps.now() });
      return after?.save(tx);
    },
  };
}

function hasChanged({ output }: StepsResult, { state }: PlannedJob, after: StateAfter | undefined): boolean {
  if (changesBegun(output)) return true;
  return after !== undefined && state.kind === 'kept' && isChanged(state, after.left);
}

function withAdvice(outcome: JobOutcome): JobOutcome {
  if (outcome.kind !== 'failed') return outcome;
  const advice = 'the state has changed since this plan was made, so plan again';
  return { ...outcome, code: 'plan_invalid', message: `${outcome.message}; ${advice}` };
}
