import type { Actor } from '../access/index.ts';

/** The project a lock is for. `projectName` is empty for an unnamed one. */
export type LockedProject = {
  readonly repoId: number;
  readonly dir: string;
  readonly workspace: string;
  readonly projectName: string;
};

/** The locks that a pull request holds: all of them, or only that on one project. */
export type PullLocks = {
  readonly repoId: number;
  readonly pullNumber: number;
  readonly project?: { readonly name: string; readonly dir: string; readonly workspace: string };
};

/** Who keeps others out: a run until its job ends, a pull request until it closes, or a person. */
export type LockHolder =
  | { readonly kind: 'run'; readonly runId: number }
  | { readonly kind: 'pull'; readonly pullNumber: number; readonly pullUrl: string; readonly runId: number }
  | { readonly kind: 'manual'; readonly note: string };

/** A project lock, held or released. Times: milliseconds since the epoch. */
export type Lock = LockedProject & {
  readonly id: number;
  readonly repoFullName: string;
  readonly repoHost: string;
  readonly holder: LockHolder;
  readonly actor: Actor;
  readonly createdAt: number;
  readonly releasedAt: number | null;
  readonly releaseReason: string | null;
};

export type AcquireResult =
  /** `fresh`: it was not held by this holder before. */
  | { readonly kind: 'held'; readonly lockId: number; readonly fresh: boolean }
  | { readonly kind: 'blocked'; readonly by: Lock };
