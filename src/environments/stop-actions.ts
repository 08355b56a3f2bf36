import type { Actor } from '../access/index.ts';
import type { DbHandle, Tx } from '../db/index.ts';
import type { Environment } from './types.ts';

/** Something that is run to stop an environment, such as destroying what is in it. */
export type StopAction = {
  readonly name: string;
  /** How long it may take; an hour when it is left out. Milliseconds. */
  readonly timeLimitMs?: number;
  /**
   * Starts it, in the transaction that makes the environment `stopping`: it accepts a run or puts a task into the queue,
   * and does nothing else. How it ends is told to `endStopAction`.
   */
  readonly start: (tx: Tx, order: StopActionOrder) => Promise<void>;
};

export type StopActionOrder = {
  /** What `endStopAction` is told. */
  readonly actionId: number;
  readonly environment: Environment;
  readonly actor: Actor;
  readonly reason: string;
};

export type FoundActions =
  | { readonly kind: 'actions'; readonly actions: readonly StopAction[] }
  /** There are some, and this actor may not start them. */
  | { readonly kind: 'refused'; readonly reason: string };

/** The stop actions of each of these environments, by id; one that is left out has none. */
export type StopActions = (
  handle: DbHandle,
  request: { readonly environments: readonly Environment[]; readonly actor: Actor },
) => Promise<ReadonlyMap<number, FoundActions>>;

/** Nothing is run: environments stop at once. */
export const noStopActions: StopActions = async () => new Map();
