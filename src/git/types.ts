import type { Log } from '../lib/log.ts';
import type { CheckoutPool, SpareLimits } from './checkout-pool.ts';
import type { GitVersion } from './git-version.ts';
import type { Rounds } from './rounds.ts';
import type { SeenCommits } from './seen-commits.ts';
import type { Turns } from './turns.ts';

/** What every function here needs; made by `openGit`. One for each data directory. */
export type GitDeps = {
  readonly dataDir: string;
  readonly log: Log;
  /** The complete environment of every git process. */
  readonly environment: Readonly<Record<string, string>>;
  readonly limits: GitLimits;
  /** Bounds the git processes that work on this machine alone. */
  readonly turns: Turns;
  /** Of the installed git. */
  readonly version: GitVersion;
  /** Fetches that run or wait, by repo. */
  readonly fetches: Rounds;
  readonly pool: CheckoutPool;
  /** Repos whose mirror turned out to be broken: the next fetch makes it again. */
  readonly damaged: Set<number>;
  readonly seenCommits: SeenCommits;
};

export type GitLimits = SpareLimits & {
  /** For one fetch or clone. */
  readonly fetchMs: number;
  /** For everything else. */
  readonly commandMs: number;
  /** How long a lock that git left in a mirror is respected before it counts as stale. */
  readonly lockPatienceMs: number;
};

/** A folder that holds the files of one commit. */
export type Checkout = {
  readonly repoId: number;
  /** Full commit id. */
  readonly sha: string;
  /** Absolute path of the working tree. */
  readonly dir: string;
};
