/** When projects that the configuration does not list are found by looking at the tree. */
export const autodiscoverModes = ['auto', 'enabled', 'disabled'] as const;
export type AutodiscoverMode = (typeof autodiscoverModes)[number];

export const repoLockModes = ['on_plan', 'on_apply', 'disabled'] as const;
export type RepoLockMode = (typeof repoLockModes)[number];

export const requirementNames = ['approved', 'mergeable', 'undiverged'] as const;
export type RequirementName = (typeof requirementNames)[number];

export const silenceableCommands = ['plan', 'apply'] as const;
export type SilenceableCommand = (typeof silenceableCommands)[number];

export const distributions = ['terraform', 'opentofu'] as const;
export type Distribution = (typeof distributions)[number];

/** Keys that a repository may set in its own file once the server's `allowed_overrides` lists them. */
export const overridableKeys = [
  'plan_requirements',
  'apply_requirements',
  'import_requirements',
  'workflow',
  'delete_source_branch_on_merge',
  'repo_locking',
  'repo_locks',
  'policy_check',
  'custom_policy_check',
  'silence_pr_comments',
] as const;
export type OverridableKey = (typeof overridableKeys)[number];

/**
 * `atlantis.yaml` as understood: defaults filled in, paths cleaned, patterns known to compile. Null and undefined never
 * mean the same thing twice: null is "not set here, so somebody else decides".
 */
export type RepoConfig = {
  /** As named to people, such as `atlantis.yaml`. */
  readonly file: string;
  readonly version: 2 | 3;
  /** In the order of the file, whatever their branch. Folders with a pattern are not expanded. */
  readonly projects: readonly ConfiguredProject[];
  /** Checked down to the stages; the steps are as written. */
  readonly workflows: Readonly<Record<string, WrittenWorkflow>>;
  readonly automerge: boolean | null;
  readonly parallelPlan: boolean | null;
  readonly parallelApply: boolean | null;
  readonly autodiscoverMode: AutodiscoverMode | null;
  /** Patterns, cleaned, of folders that discovery leaves out. */
  readonly ignorePaths: readonly string[];
  readonly deleteSourceBranchOnMerge: boolean | null;
  readonly repoLockMode: RepoLockMode | null;
  readonly allowedRegexpPrefixes: readonly string[];
  readonly abortOnExecutionOrderFail: boolean;
  readonly silencePrComments: readonly SilenceableCommand[] | null;
  readonly emojiReaction: string | null;
  /** Lines of the root keys that need the server's permission and are set. */
  readonly keyLines: Readonly<Partial<Record<OverridableKey | 'workflows', number>>>;
};

/** One entry of `projects`. */
export type ConfiguredProject = {
  /** Where the entry begins in the file, counted from 1. */
  readonly line: number;
  /** Empty when it has none. */
  readonly name: string;
  /** Cleaned and relative to the root of the repo; a pattern when `isGlob` says so. */
  readonly dir: string;
  readonly isGlob: boolean;
  /** A regular expression for the base branch, without its slashes. */
  readonly branch: string | null;
  readonly workspace: string;
  readonly workflow: string | null;
  /** `1.2.3` or `1.2.3-rc1`. */
  readonly terraformVersion: string | null;
  readonly distribution: Distribution | null;
  readonly autoplan: { readonly enabled: boolean; readonly whenModified: readonly string[] };
  readonly planRequirements: readonly RequirementName[] | null;
  readonly applyRequirements: readonly RequirementName[] | null;
  readonly importRequirements: readonly RequirementName[] | null;
  readonly dependsOn: readonly string[];
  readonly executionOrderGroup: number;
  readonly deleteSourceBranchOnMerge: boolean | null;
  readonly repoLockMode: RepoLockMode | null;
  readonly policyCheck: boolean | null;
  readonly customPolicyCheck: boolean | null;
  readonly silencePrComments: readonly SilenceableCommand[] | null;
  /** Lines of the keys that need the server's permission and are set. */
  readonly keyLines: Readonly<Partial<Record<OverridableKey, number>>>;
};

/** A workflow as written: stages whose steps have not been looked at. */
export type WrittenWorkflow = {
  readonly [stage in 'plan' | 'apply' | 'policy_check' | 'import' | 'state_rm']: {
    readonly steps: readonly unknown[] | null;
  } | null;
};

/** One thing that is wrong with the file. */
export type ConfigIssue = {
  /** Counted from 1. */
  readonly line: number;
  /** Such as `projects[2].dir`; empty when the whole file is meant. */
  readonly key: string;
  readonly message: string;
};
