import { constants } from 'node:os';

/** What the process ends with. */
export const exitCodes = {
  ok: 0,
  /** The command was understood and could not be done. */
  fault: 1,
  /** The words, variables or configuration file ask for something that does not exist or is not allowed. */
  usage: 2,
} as const;

export type StopSignal = 'SIGINT' | 'SIGTERM';

/** The code of a process that a signal stopped at once, as a shell would give it: 130 for SIGINT, 143 for SIGTERM. */
export function signalExitCode(signal: StopSignal): number {
  return 128 + constants.signals[signal];
}

/** Every code with what it tells, for the manual. */
export const exitCodeMeanings: readonly (readonly [code: number, meaning: string])[] = [
  [exitCodes.ok, 'Done. A server that was stopped by one signal, and whose work in hand has ended.'],
  [exitCodes.fault, 'The command was understood, and something went wrong: the message says what.'],
  [
    exitCodes.usage,
    'The command, its flags, a variable or the configuration file ask for something that does not exist or is not allowed. Nothing was done.',
  ],
  [signalExitCode('SIGINT'), 'A second signal, SIGINT, stopped the server at once.'],
  [signalExitCode('SIGTERM'), 'A second signal, SIGTERM, stopped the server at once.'],
];
