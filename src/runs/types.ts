import type { Actor } from '../access/index.ts';
import type { Command, CommandKind, Selection } from '../commands/index.ts';
import type { Tx } from '../db/index.ts';
import type { Project } from '../projects/index.ts';
import type { Repo } from '../repos/index.ts';

/** Why a run exists. `pull`: somebody or something asked for it on a pull request. */
export type Trigger =
  | { readonly kind: 'api' }
  | { readonly kind: 'cli' }
  | { readonly kind: 'pull'; readonly commandId: number };

/** The pull request that a run belongs to, as it was when the run was accepted. */
export type RunPull = {
  readonly number: number;
  readonly url: string;
  readonly headSha: string;
  /** The commit is another than the head was then: such a run says nothing about where the pull request stands. */
  readonly isAside?: boolean;
  readonly headBranch: string;
  /** The ref of the base repo that holds the head; null where the host has none. */
  readonly headRef: string | null;
  readonly baseBranch: string;
  /** The base commit that the head is merged into for this run; null when the head itself is checked out. */
  readonly mergedInto: string | null;
};

/** In which order the jobs of a run follow each other; those of a lower execution order group always come first. */
export type RunOrder = {
  /** Jobs of one group run side by side; otherwise one after the other, in the order of their positions. */
  readonly parallel: boolean;
  /** When a job does not come out, those of later groups are not run. */
  readonly abortOnFail: boolean;
};

/** A project that is to be worked on. */
export type RequestedJob = {
  readonly project: Project;
  /** The saved plan that an apply carries out; null: there is none, and an apply plans first. */
  readonly planId: number | null;
};

/** What a run is to work on. */
export type RunTarget =
  /** Commit and projects are found when the run is accepted. */
  | {
      readonly kind: 'ref';
      /** Branch, tag or commit, as written by the caller. */
      readonly ref: string;
      readonly baseBranch: string | null;
      /** The pull request it belongs to; null without one. */
      readonly pullNumber: number | null;
      readonly selection: Selection;
    }
  /** The caller has selected everything, and has fetched the commit. */
  | {
      readonly kind: 'pull';
      readonly pull: RunPull;
      /** What is checked out: the head, or the head merged into its base. Of saved plans it is the one they were made at. */
      readonly commitSha: string;
      /** In the order in which they are shown. */
      readonly jobs: readonly RequestedJob[];
      readonly order: RunOrder;
    };

/** What `acceptRun` is asked. */
export type RunRequest = {
  readonly repo: Repo;
  readonly command: Command;
  readonly target: RunTarget;
  readonly actor: Actor;
  readonly trigger: Trigger;
  /** The same key from the same actor gives the same run; `digest` of the request tells a reuse for another one. */
  readonly idempotency: { readonly key: string; readonly digest: string } | null;
  /** Joins the transaction that writes the run. */
  readonly alongside?: (tx: Tx) => Promise<void>;
};

/** Why a request did not become a run. The message is a whole sentence for the caller. */
export type Rejection =
  | 'ref_unsafe'
  | 'ref_unknown'
  | 'base_branch_invalid'
  | 'config_invalid'
  | 'project_unknown'
  | 'path_invalid'
  | 'dir_unknown'
  | 'selection_empty'
  | 'pull_unknown'
  | 'pull_closed'
  | 'pull_left_out'
  | 'apply_locked'
  | 'idempotency_conflict';

/** `repeated`: the run existed already. */
export type AcceptResult =
  | { readonly kind: 'accepted'; readonly runId: number; readonly repeated: boolean }
  | { readonly kind: 'rejected'; readonly reason: Rejection; readonly message: string };

export type RunState = 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled' | 'interrupted';
export type JobState =
  | 'queued'
  | 'running'
  /** Past the point of no return of an apply, an import or a state rm. */
  | 'applying'
  | 'succeeded'
  | 'failed'
  | 'refused'
  | 'cancelled'
  | 'interrupted';

/** Counts of a plan or apply. */
export type ChangeSummary = {
  readonly add: number;
  readonly change: number;
  readonly destroy: number;
  readonly import: number;
  readonly forget: number;
};

/** The pull request that keeps others out of a project, and what it has done there. */
export type LockingPull = { readonly pullNumber: number; readonly holds: 'plan' | 'applied' };

/** An expected "no". `message` is what Atlantis puts into `Failure`. */
export type Refusal =
  /** `by` is there when a pull request holds the lock. */
  | { readonly kind: 'locked'; readonly message: string; readonly by?: LockingPull }
  | {
      /** `earlier_failed`: a project of an earlier execution order group did not come out. */
      readonly kind: 'not_allowed' | 'unsupported' | 'apply_locked' | 'requirement' | 'earlier_failed';
      readonly message: string;
    };

/** How a job ended. The text of the plan or apply is kept apart, as the job's output. */
export type JobOutcome =
  | { readonly kind: 'planned'; readonly summary: ChangeSummary | null; readonly planId: number }
  | { readonly kind: 'unchanged'; readonly planId: number }
  | { readonly kind: 'applied'; readonly summary: ChangeSummary | null; readonly planId: number }
  /** Import, state rm and version. `planDiscarded`: the pull request had a plan of the project, which is void now. */
  | { readonly kind: 'done'; readonly planDiscarded: boolean }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string }
  | { readonly kind: 'interrupted'; readonly phase: ChangingCommand; readonly message: string }
  | { readonly kind: 'cancelled'; readonly by: string };

/** The commands that change a state: once one has begun it is never repeated after a crash. */
export type ChangingCommand = Extract<CommandKind, 'apply' | 'import' | 'state_rm'>;

/** One project's share of a run. Times: milliseconds since the epoch. */
export type Job = {
  readonly id: number;
  readonly uuid: string;
  readonly runId: number;
  readonly position: number;
  readonly project: Project;
  /** The saved plan that it applies; null without. */
  readonly planId: number | null;
  readonly state: JobState;
  readonly attempt: number;
  readonly outcome: JobOutcome | null;
  readonly createdAt: number;
  readonly startedAt: number | null;
  readonly applyingAt: number | null;
  readonly endedAt: number | null;
};

/** One accepted command. */
export type Run = {
  readonly id: number;
  readonly kind: CommandKind;
  readonly state: RunState;
  readonly repoId: number;
  readonly ref: string;
  /** What the ref turned out to be. */
  readonly refKind: 'branch' | 'tag' | 'commit';
  readonly commitSha: string;
  readonly baseBranch: string;
  readonly pullNumber: number | null;
  readonly pull: RunPull | null;
  readonly order: RunOrder;
  readonly command: Command;
  readonly trigger: Trigger;
  readonly actor: Actor;
  readonly createdAt: number;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly cancelRequestedAt: number | null;
};

/** A run with its jobs, in order of position. */
export type RunWithJobs = Run & { readonly repo: Repo; readonly jobs: readonly Job[] };

/** What happened to a run or one of its jobs. */
export type RunEventKind =
  | 'run_queued'
  | 'job_queued'
  | 'run_started'
  | 'job_started'
  /** A job goes back to the queue because the server died under it. */
  | 'job_restarted'
  | 'job_applying'
  | 'job_ended'
  | 'run_cancelling'
  | 'run_ended';

/** An event as subscribers get it: run and job are as they are after the change. */
export type RunEvent = {
  readonly kind: RunEventKind;
  readonly run: Run;
  readonly repo: Repo;
  /** Set for events of a job. */
  readonly job: Job | null;
  readonly now: number;
};

/**
 * Hears of every change of state, inside the transaction that makes it, so that what it writes commits with the change
 * or not at all. It writes to the database (or puts a task into the queue) and does nothing else.
 */
export type RunSubscriber = (tx: Tx, event: RunEvent) => Promise<void>;

/** What a requirement may look at. */
export type RequirementContext = {
  readonly run: Run;
  readonly repo: Repo;
  readonly job: Job;
  /** The plan as `show -json` tells it; computed at the first call and kept. Null before there is a plan. */
  readonly planJson: (() => Promise<string>) | null;
};

/**
 * Says no to a job, or nothing: to every apply, and to plans and imports of pull requests. Asked before the job starts,
 * and of an apply again with its plan, right before the point of no return.
 */
export type Requirement = (context: RequirementContext) => Promise<Refusal | undefined>;
