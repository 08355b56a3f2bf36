/**
 * Which process it is, for longer than a number says: pids are reused, start times of one pid are not. Plain data, made
 * to be stored, so that a later server can tell whether the process still runs.
 */
export type ProcessIdentity = {
  readonly pid: number;
  /** The kernel's start time in clock ticks since boot, as text; empty where there is no `/proc`. */
  readonly startedAt: string;
  /** Host, boot and pid namespace: see `machineId`. */
  readonly machine: string;
};

/** Where standard output and standard error go. */
export type ProcessOutput =
  /** Each of the two is kept in memory up to `maxBytes`, errors up to 64 KiB at least: what is longer loses its middle. */
  | { readonly kind: 'capture'; readonly maxBytes: number }
  /**
   * Both are appended to one file by the process itself, so that its output survives our death. Made with mode 0600.
   * Of a file longer than `maxBytes` the middle becomes a hole; while the process runs it may take twice as much.
   */
  | { readonly kind: 'file'; readonly path: string; readonly maxBytes?: number };

export type ProcessOptions = {
  /** A path, or a name that is looked up on the PATH of `env`. */
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** The complete environment: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  /** Standard input; without it the process reads the end of file at once. */
  readonly input?: string | Uint8Array;
  readonly output: ProcessOutput;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** Milliseconds between SIGINT and SIGKILL. */
  readonly killAfterMs: number;
  /** Called as soon as the process exists. When it throws, the process is stopped and `runProcess` throws the same. */
  readonly onStart?: (identity: ProcessIdentity) => Promise<void> | void;
};

export type ProcessRecord = {
  /** Empty when the output went to a file. */
  readonly stdout: string;
  readonly stderr: string;
  /** The middle of some output was cut. */
  readonly truncated: boolean;
  readonly durationMs: number;
};

/** How a process that we stopped ended: its exit code, or null when a signal ended it. 0: it was done before. */
export type Stopped = ProcessRecord & { readonly code: number | null };

export type ProcessResult =
  | (ProcessRecord & { readonly kind: 'exited'; readonly code: number })
  /** By a signal that was not ours. */
  | (ProcessRecord & { readonly kind: 'killed'; readonly signal: NodeJS.Signals })
  | (Stopped & { readonly kind: 'timed_out' })
  | (Stopped & { readonly kind: 'cancelled' })
  /** `code` is the system's: ENOENT, EACCES, E2BIG … `reason` is a sentence. */
  | { readonly kind: 'not_started'; readonly code: string; readonly reason: string };
