import type { Actor } from '../access/index.ts';
import type { CommentCommand } from '../commands/index.ts';
import type { ProjectStatus } from '../comments/index.ts';
import type { Repo } from '../repos/index.ts';

/** What is asked of a pull request, by its own events or in a comment on it. */
export type Work =
  | { readonly kind: 'autoplan' }
  | { readonly kind: 'comment'; readonly command: CommentCommand; readonly commentId: string }
  | { readonly kind: 'close'; readonly merged: boolean };

/**
 * - `superseded`: a newer push made it needless before it began.
 * - `cancelled`: somebody cancelled it before it began, or the pull request was closed.
 */
export type CommandState = 'queued' | 'running' | 'done' | 'superseded' | 'cancelled';

/** A pull request as last seen. Fields of one that was only ever named are empty. */
export type PullRecord = {
  readonly id: number;
  readonly repo: Repo;
  readonly number: number;
  readonly url: string;
  readonly title: string;
  readonly author: string;
  readonly headBranch: string;
  readonly headSha: string;
  readonly baseBranch: string;
  readonly state: 'open' | 'closed';
  /** What `pull_projects` is about: the commit and base that were planned last; null before the first plan. */
  readonly planned: { readonly headSha: string; readonly baseBranch: string } | null;
};

/** What is found out when a run is accepted and belongs into the answer to its command, which may be given by another server. */
export type CommandFacts = {
  /** Folders of projects that the pull request removes, so that nothing is planned in them. */
  readonly removedDirs?: readonly string[];
  /** The base branch had moved since the plan before. */
  readonly mergedAgain?: boolean;
  /** The locks that the end of the pull request has released. */
  readonly released?: readonly { readonly dir: string; readonly workspace: string }[];
  /** How many locks and plans an `unlock` has released. */
  readonly unlocked?: number;
  /** How many commands a `cancel` has met: those that waited are ended, those that ran are being stopped. */
  readonly stopped?: { readonly queued: number; readonly running: number };
  /** Projects that were asked for and cannot be applied. */
  readonly hindered?: readonly Hindered[];
};

/** A project that cannot be applied, and why. */
export type Hindered = {
  readonly project: Pick<PullProject, 'dir' | 'workspace' | 'projectName'>;
  readonly reason: string;
};

/** One thing that was asked, with its place in the queue of its pull request: the id. */
export type PullCommand = {
  readonly id: number;
  readonly pull: PullRecord;
  readonly work: Work;
  readonly actor: Actor;
  readonly state: CommandState;
  readonly runId: number | null;
  /** The head and base that its run was accepted for; null without a run. */
  readonly target: { readonly headSha: string; readonly baseBranch: string } | null;
  readonly facts: CommandFacts;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
};

/** Where one project of a pull request stands. */
export type PullProject = {
  readonly dir: string;
  readonly workspace: string;
  readonly projectName: string;
  /** Its place in the list of the run that brought it in. */
  readonly position: number;
  readonly status: ProjectStatus;
  /** The job that it stands there by; null when somebody threw its plan away. */
  readonly jobId: number | null;
};
