import type { Command } from '../../commands/index.ts';
import { importArgs, type StepArgs, stateRmArgs } from '../../terraform/index.ts';
import { commandName } from '../command-name.ts';
import type { RunDeps } from '../deps.ts';
import { cancelledOutcome, type StartedJob, type StepsResult } from '../job-context.ts';
import { discardPlansOfJob } from '../pull-plans.ts';
import type { JobOutcome } from '../types.ts';
import { changingStep, stateAfter } from './changing-step.ts';
import type { Place } from './engine-step.ts';
import { passPointOfNoReturn } from './point-of-no-return.ts';
import { readyPlace } from './ready-place.ts';

export type StateCommand = Extract<Command, { kind: 'import' | 'state_rm' }>;

/**
 * Import and state rm: they change the state and nothing else, so that they pass the same point of no return as an apply,
 * and the state is saved whatever happens. What the pull request had planned for the project is void then.
 */
export async function stateCommandSteps(
  deps: RunDeps,
  started: StartedJob,
  { place, command }: { place: Place; command: StateCommand },
): Promise<StepsResult> {
  const signal = AbortSignal.any([started.cancelled, started.task.signal]);
  const ready = await readyPlace(deps, started, { place, signal });
  if (ready.kind === 'ended') return ready.result;
  if (started.cancelled.aborted) return { outcome: cancelledOutcome(started), output: '' };
  const args = argsOf(command);
  if (args.kind === 'refused') {
    return { outcome: { kind: 'failed', code: 'engine_failed', message: args.message }, output: '' };
  }
  const { state } = ready;
  const stateChanged = changedMeanwhile(command);
  const hindrance = await passPointOfNoReturn(deps, started, { place, state, stateChanged });
  if (hindrance) return { outcome: hindrance, output: '' };
  const outcomeOf = (): JobOutcome => ({ kind: 'done', planDiscarded: false });
  const result = await changingStep(deps, started, { name: command.kind, place, args: args.args, outcomeOf });
  const after = await stateAfter(deps, started, { state, outcome: result.outcome });
  return {
    ...result,
    save: async (tx) => {
      const trouble = await after?.save(tx);
      if (result.outcome.kind !== 'done') return trouble;
      const reason = `${commandName(command.kind)} changed the state`;
      const discarded = await discardPlansOfJob(tx, started, { reason, now: deps.now() });
      return trouble ?? { kind: 'done', planDiscarded: discarded > 0 };
    },
  };
}

function argsOf(command: StateCommand): StepArgs {
  return command.kind === 'import' ? importArgs(command) : stateRmArgs(command);
}

function changedMeanwhile(command: StateCommand): JobOutcome {
  const message = `${commandName(command.kind)}: another command changed the state meanwhile; give the command again`;
  return { kind: 'failed', code: 'state_conflict', message };
}
