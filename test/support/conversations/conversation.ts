import type { Files } from '../git.ts';
import type { HostName, OpenOptions } from './forge.ts';

/** A comment: its whole text, or what it has in it, in this order, and what it has not. */
export type Expected = string | { readonly has: readonly string[]; readonly lacks?: readonly string[] };

/** What people do, on pull request 1 unless another is named; it is over before the next thing is done. */
export type Step =
  /** Opens a pull request of a branch that was pushed. */
  | ({ readonly open: string } & OpenOptions)
  /** The next thing is done as soon as the statuses of `until` are there, and what the newest run has logged holds `logged`. */
  | {
      readonly comment: string;
      readonly on?: number;
      readonly until?: Readonly<Record<string, string>>;
      readonly logged?: string;
    }
  | { readonly push: Files; readonly on?: string; readonly removed?: readonly string[] }
  | { readonly approve: true }
  /** The host lets nobody merge it, or does so again. */
  | { readonly block: boolean }
  | { readonly ready: true }
  | { readonly close: true; readonly on?: number }
  | { readonly reopen: true }
  | { readonly merge: true }
  /** Deletes a lock on its page: its id without the name of the repository. */
  | { readonly deleteLock: string }
  /** Asks the API to plan or apply a branch in a folder, for pull request 1; on local repositories alone. */
  | { readonly api: 'plan' | 'apply'; readonly branch: string; readonly folder: string }
  | { readonly globalLock: true };

/** A conversation, as data: what is there, what people do, and what they read afterwards. */
export type Conversation = {
  readonly name: string;
  /** Where it can be held; everywhere when none is named. */
  readonly hosts?: readonly HostName[];
  /** On `main`. */
  readonly files: Files;
  /** What the branch `change` of pull request 1 changes. */
  readonly change: Files;
  readonly removed?: readonly string[];
  readonly opened?: OpenOptions;
  readonly flags?: Readonly<Record<string, string | boolean>>;
  /** What the server's rules say of the repository. */
  readonly rule?: object;
  /** Workflows that the server's rules define. */
  readonly workflows?: object;
  /** After pull request 1 was opened. */
  readonly steps: readonly Step[];
  /** All comments on pull request 1, in order. */
  readonly comments: readonly Expected[];
  /** Those on pull request 2. */
  readonly commentsOn2?: readonly Expected[];
  /** The statuses of pull request 1 that matter; null: there is none of that name. */
  readonly statuses?: Readonly<Record<string, string | null>>;
  readonly merged?: boolean;
  /** How many locks are left. */
  readonly locks: number;
  /** How the engine was started, for those that begin with these words. */
  readonly engine?: { readonly starting: string; readonly calls: readonly string[] };
};
