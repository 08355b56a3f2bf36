import type { Db, Tx } from '../../db/index.ts';
import type { GitDeps } from '../../git/index.ts';
import type { VcsEvent } from '../index.ts';

/** Stores what happened, and the work that follows from it, in the transaction of the change that made it happen. */
export type DeliverEvent = (tx: Tx, event: VcsEvent) => Promise<void>;

/** What local pull requests need. */
export type LocalPullDeps = {
  readonly db: Db;
  readonly git: GitDeps;
  readonly now: () => number;
  /** The folder of `--local-repos-dir`. */
  readonly reposDir: string;
  /** The server's external address, without a slash at its end. */
  readonly baseUrl: string;
  readonly deliver: DeliverEvent;
};

export const localPullStates = ['open', 'closed', 'merged'] as const;
export type LocalPullState = (typeof localPullStates)[number];

/** A pull request between two branches of one local repository. Times: milliseconds since the epoch. */
export type LocalPull = {
  readonly id: number;
  /** The repository's. */
  readonly fullName: string;
  /** Counted for each repository by itself, from 1. */
  readonly number: number;
  readonly title: string;
  readonly author: string;
  readonly headBranch: string;
  readonly baseBranch: string;
  /** Where the head branch was when it was last looked at. */
  readonly headSha: string;
  readonly baseSha: string;
  readonly state: LocalPullState;
  readonly draft: boolean;
  readonly labels: readonly string[];
  readonly createdAt: number;
  readonly closedAt: number | null;
  /** Who closed or merged it; null while it is open. */
  readonly closedBy: string | null;
  /** What the base branch became by the merge; null when it was not ours. */
  readonly mergeSha: string | null;
};

export type LocalComment = {
  readonly id: number;
  readonly author: string;
  readonly body: string;
  /** Folded away as outdated. */
  readonly hidden: boolean;
  readonly reactions: readonly string[];
  readonly createdAt: number;
  readonly updatedAt: number;
};

/** Why something was not done, as a sentence for whoever asked. `conflict`: the state of things says no. */
export type PullRefusal = {
  readonly kind: 'refused';
  readonly reason: 'invalid' | 'not_found' | 'conflict';
  readonly message: string;
};

/** The login of the server itself: whatever it writes and does, it does as this. */
export const localLogin = 'polder';
