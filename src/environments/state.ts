import type { EnvironmentState } from './types.ts';

/** What can happen to an environment, and from which state to which it then goes. What is not here is not legal. */
const transitions = {
  /** Something was deployed to it. */
  start: { stopped: 'available', stopping: 'available' },
  /** Its stop actions were started; without any, it is `stop_complete` at once. */
  stop: { available: 'stopping' },
  stop_complete: { available: 'stopped', stopping: 'stopped' },
  /** A stop action went wrong, or none came to an end in time. */
  recover_stuck_stopping: { stopping: 'available' },
} as const satisfies Record<string, Partial<Record<EnvironmentState, EnvironmentState>>>;

export type EnvironmentEvent = keyof typeof transitions;

/** The state after the event; undefined when the event is not legal in this state. */
export function nextState(event: EnvironmentEvent, from: EnvironmentState): EnvironmentState | undefined {
  const row: Partial<Record<EnvironmentState, EnvironmentState>> = transitions[event];
  return row[from];
}

/** Deleting is the one change that has no state after it: only what is stopped is deleted. */
export function mayBeDeleted(state: EnvironmentState): boolean {
  return state === 'stopped';
}
