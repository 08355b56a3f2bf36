/** What somebody asked for. Comments, the API, buttons and timers all become one of these. */
export type Command =
  | { readonly kind: 'plan'; readonly extraArgs: readonly string[] }
  /** Plans and applies in the same job, unless a saved plan of the pull request is there to apply. */
  | { readonly kind: 'apply'; readonly extraArgs: readonly string[] };

export type CommandKind = Command['kind'];

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
