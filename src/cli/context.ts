import type { EventEmitter } from 'node:events';

/** What a command gets from the process it runs in. */
export type CliContext = {
  /** The words after the command's name. */
  readonly words: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: () => number;
  /** Writes the result: text with its line breaks, to standard output. */
  readonly write: (text: string) => void;
  /** Tells an error on standard error: `Error: <message>`. */
  readonly complain: (message: string) => void;
  /** Emits `SIGINT` and `SIGTERM`. */
  readonly signals: Pick<EventEmitter, 'on' | 'off'>;
};

/** A sub-command: does its work, and gives the code to end with. */
export type CliCommand = (context: CliContext) => Promise<number>;
