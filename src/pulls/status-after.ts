import type { CommandKind } from '../commands/index.ts';
import type { ProjectStatus } from '../comments/index.ts';
import type { JobOutcome } from '../runs/index.ts';

/** Where a project stands after a command ended so for it; null when it stands where it stood. */
export function statusAfter(command: CommandKind, outcome: JobOutcome): ProjectStatus | null {
  switch (command) {
    case 'plan':
      return wasLeftOut(outcome) ? null : afterPlan(outcome);
    case 'apply':
      return afterApply(outcome);
    case 'import':
    case 'state_rm':
      return afterChange(outcome);
    case 'version':
      return null;
  }
}

/** A project that stands where it stood, because one of an earlier execution order group did not come out. */
function wasLeftOut(outcome: JobOutcome): boolean {
  return outcome.kind === 'refused' && outcome.refusal.kind === 'earlier_failed';
}

function afterPlan(outcome: JobOutcome): ProjectStatus {
  if (outcome.kind === 'planned') return 'planned';
  return outcome.kind === 'unchanged' ? 'planned_no_changes' : 'plan_errored';
}

function afterApply(outcome: JobOutcome): ProjectStatus | null {
  switch (outcome.kind) {
    case 'applied':
    case 'unchanged':
      return 'applied';
    case 'cancelled':
      return null;
    case 'refused':
      return wasLeftOut(outcome) ? null : 'apply_errored';
    case 'planned':
    case 'done':
    case 'failed':
    case 'interrupted':
      return 'apply_errored';
  }
}

function afterChange(outcome: JobOutcome): ProjectStatus | null {
  if (outcome.kind === 'done') return outcome.planDiscarded ? 'plan_discarded' : null;
  return outcome.kind === 'cancelled' ? null : 'plan_errored';
}
