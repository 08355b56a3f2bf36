/** The two programs that understand the configuration language. */
export type Distribution = 'terraform' | 'opentofu';

/** A program that can run plans, and which one it is. */
export type Engine = {
  readonly distribution: Distribution;
  /** Absolute path. */
  readonly binary: string;
  /** Such as `1.11.4` or `1.12.0-beta1`. */
  readonly version: string;
};

/** Counts of a plan or an apply. */
export type ChangeCounts = {
  readonly add: number;
  readonly change: number;
  readonly destroy: number;
  readonly import: number;
  readonly forget: number;
};

/** A file of a root module: its name and what it holds. */
export type ConfigurationFile = { readonly path: string; readonly content: string };
