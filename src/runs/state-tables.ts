import type { JobOutcome, JobState, RunState } from './types.ts';

/** From each state of a job, where it may go. States with an empty list are ends. */
export const jobTransitions: Readonly<Record<JobState, readonly JobState[]>> = {
  queued: ['running', 'cancelled', 'refused', 'failed'],
  // Back to queued: the server died before the point of no return, and the job runs again.
  running: ['queued', 'applying', 'succeeded', 'failed', 'refused', 'cancelled'],
  applying: ['succeeded', 'failed', 'cancelled', 'interrupted'],
  succeeded: [],
  failed: [],
  refused: [],
  cancelled: [],
  interrupted: [],
};

export const runTransitions: Readonly<Record<RunState, readonly RunState[]>> = {
  queued: ['running', 'cancelled'],
  running: ['succeeded', 'failed', 'cancelled', 'interrupted'],
  succeeded: [],
  failed: [],
  cancelled: [],
  interrupted: [],
};

/** Nothing follows this state. */
export function isEnd(state: JobState | RunState): boolean {
  const follows = state in jobTransitions ? jobTransitions[state as JobState] : runTransitions[state as RunState];
  return follows.length === 0;
}

/** The state in which a job with this outcome ends. */
export function endStateOf(outcome: JobOutcome): JobState {
  switch (outcome.kind) {
    case 'planned':
    case 'unchanged':
    case 'applied':
    case 'done':
      return 'succeeded';
    case 'refused':
      return 'refused';
    case 'failed':
      return 'failed';
    case 'interrupted':
      return 'interrupted';
    case 'cancelled':
      return 'cancelled';
  }
}

/** How a run ends whose jobs ended in these states: the worst of them decides. */
export function runEndState(jobs: readonly JobState[]): RunState {
  if (jobs.includes('interrupted')) return 'interrupted';
  if (jobs.includes('cancelled')) return 'cancelled';
  if (jobs.includes('failed') || jobs.includes('refused')) return 'failed';
  return 'succeeded';
}
