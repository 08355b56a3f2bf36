import type { CommentCommandKind } from '../commands/index.ts';
import type { Project } from '../projects/index.ts';
import type { JobOutcome } from '../runs/index.ts';
import type { HostMarkdown } from '../vcs/index.ts';
import type { CommentTemplates } from './comment-templates.ts';

/** The commands whose result is told project by project. An autoplan is a `plan`. */
export type ReportedCommand = Exclude<CommentCommandKind, 'unlock' | 'cancel'>;

/** How a command ended for one project. */
export type ReportedOutcome =
  | JobOutcome
  /** Import, state rm, version and approve_policies: it was done, and the output says what came of it. */
  | { readonly kind: 'done'; readonly planDiscarded: boolean }
  /** Another pull request holds the project's lock, with a plan that waits, or because it applied there. */
  | { readonly kind: 'locked_by_pull'; readonly pullNumber: number; readonly holds: 'plan' | 'applied' };

/** One project's part in a comment. */
export type ProjectReport = {
  readonly project: Pick<Project, 'name' | 'dir' | 'workspace'> & {
    /** The commands that this project says nothing about. */
    readonly silencePrComments: readonly string[] | null;
  };
  readonly outcome: ReportedOutcome;
  /** The text of the plan, apply or other command, as it was printed: not trimmed, without terminal control. */
  readonly output: string;
  /** Where the lock can be seen and deleted; null when the project holds none. */
  readonly lockUrl: string | null;
  /** The comments that give the commands for this project (again). */
  readonly planCommand: string;
  readonly applyCommand: string;
  /** The base branch had moved and was merged again before this plan. */
  readonly mergedAgain: boolean;
};

export type CommandResult =
  | {
      readonly kind: 'ran';
      /** In the order of the run. */
      readonly projects: readonly ProjectReport[];
      /** The plans were thrown away: the pull request is to be merged by itself, and one of them did not come out. */
      readonly plansDeleted: boolean;
      /** Folders of projects that the pull request removes, so that nothing is planned in them. */
      readonly removedDirs: readonly string[];
    }
  /** Nothing ran: an unexpected problem, or an expected "no". */
  | { readonly kind: 'error'; readonly message: string }
  | { readonly kind: 'failure'; readonly message: string };

/** The server's options that comments depend on. */
export type CommentOptions = {
  readonly executableName: string;
  /** False with `--disable-markdown-folding`. */
  readonly folding: boolean;
  /** `--enable-diff-markdown-format` */
  readonly diffMarkdown: boolean;
  /** `--hide-unchanged-plan-comments` */
  readonly hideUnchangedPlans: boolean;
  /** `apply` is among the allowed commands. */
  readonly applyAllowed: boolean;
  /** False with `--disable-apply-all`. */
  readonly applyAllAllowed: boolean;
  /** False with `--disable-repo-locking`. */
  readonly repoLocking: boolean;
};

export type LogEntry = { readonly level: 'debug' | 'info' | 'warn' | 'error'; readonly message: string };

/** A command that has ended, as plain data. */
export type CommandView = {
  readonly command: ReportedCommand;
  readonly result: CommandResult;
  /** Tell each project's result in the list at the top, because it has no commit status of its own. */
  readonly resultsInList: boolean;
  /** The log of the command, for `--verbose`; null without. Holds no secrets. */
  readonly log: readonly LogEntry[] | null;
  readonly options: CommentOptions;
  /** Of `--markdown-template-overrides-dir`; null without. */
  readonly templates: CommentTemplates | null;
  readonly flavour: HostMarkdown;
};
