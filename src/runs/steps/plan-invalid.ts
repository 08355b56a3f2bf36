import type { JobOutcome } from '../types.ts';

/** The outcome of an apply whose plan is not valid any more. `reason`: half a sentence. */
export function planInvalid(reason: string): Extract<JobOutcome, { kind: 'failed' }> {
  return { kind: 'failed', code: 'plan_invalid', message: `applying the saved plan: ${reason}; plan again` };
}
