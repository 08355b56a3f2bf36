/** What somebody asked for. Comments, the API, buttons and timers all become one of these. */
export type Command =
  | ({ readonly kind: 'plan' } & Arguments)
  /** Plans and applies in the same job, unless the job has a saved plan to apply. */
  | ({ readonly kind: 'apply' } & Arguments)
  | ({ readonly kind: 'import'; readonly address: string; readonly id: string } & Arguments)
  | ({ readonly kind: 'state_rm'; readonly addresses: readonly string[] } & Arguments)
  | ({ readonly kind: 'version' } & Arguments);

export type CommandKind = Command['kind'];

/** What a comment on a pull request asks for. */
export type CommentCommand =
  | ({ readonly kind: 'plan' } & Targeted)
  | ({ readonly kind: 'apply'; readonly automerge: Automerge } & Targeted)
  | ({
      readonly kind: 'approve_policies';
      /** Null: all of them. */
      readonly policySet: string | null;
      /** Takes approvals back instead of giving one. */
      readonly clear: boolean;
    } & Targeted)
  | ({ readonly kind: 'version' } & Targeted)
  | ({ readonly kind: 'import'; readonly address: string; readonly id: string } & Targeted)
  | ({ readonly kind: 'state_rm'; readonly addresses: readonly string[] } & Targeted)
  | ({ readonly kind: 'unlock' } & Arguments)
  | ({ readonly kind: 'cancel' } & Arguments);

export type CommentCommandKind = CommentCommand['kind'];

type Arguments = {
  /** What followed `--`: one element a word, quotes resolved. Never to be joined for a shell. */
  readonly extraArgs: readonly string[];
};

type Targeted = Arguments & {
  /** One project, one path, or nothing: then the command is for whatever the pull request touches. */
  readonly selection: Selection;
  /** The reply is to end with the log of the command. */
  readonly verbose: boolean;
};

/** Whether and how the pull request is merged once everything is applied. */
export type Automerge =
  | { readonly kind: 'as_configured' }
  | { readonly kind: 'disabled' }
  | { readonly kind: 'method'; readonly method: string };

/** Which projects are meant. Both empty: nothing was selected. */
export type Selection = {
  readonly projects: readonly string[];
  readonly paths: readonly PathSelector[];
};

export type PathSelector = {
  /** Relative to the root of the repo; undefined when only a workspace was named. */
  readonly directory?: string;
  readonly workspace?: string;
  readonly projectName?: string;
};

/** What the meaning of a comment depends on besides its text. The options are named after the server's flags. */
export type CommentLanguage = {
  /** The first word of commands. `run` and a mention of the bot do too, and `polder` where this is `atlantis`. */
  readonly executableName: string;
  /** The account that the server uses on the host of the comment; null where it has none. */
  readonly botLogin: string | null;
  readonly allowCommands: readonly string[];
  /** Arguments after `--` that are refused, alone and in front of `=`. One dash or two makes no difference. */
  readonly blockedExtraArgs: readonly string[];
  /** `-p` may be a regular expression. */
  readonly enableRegexpCmd: boolean;
  /** The type of the host, as answers name it. */
  readonly hostType: string;
  /** What `--auto-merge-method` may be on the host; empty where merging in a certain way is not possible. */
  readonly mergeMethods: readonly string[];
};

/** What a comment turned out to be. */
export type ParsedComment =
  /** Not for us. */
  | { readonly kind: 'ignored' }
  /** Answered as it stands: help, or what is wrong with it. Markdown. */
  | { readonly kind: 'reply'; readonly text: string }
  | { readonly kind: 'command'; readonly command: CommentCommand };
