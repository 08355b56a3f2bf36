import type {
  AutodiscoverMode,
  OverridableKey,
  RepoLockMode,
  RequirementName,
  SilenceableCommand,
  WrittenWorkflow,
} from '../types.ts';

/** `repos.yaml` as understood. Null is "not set here", so that an earlier entry or the server's default decides. */
export type ServerRules = {
  /** As named to people: the file without its folders, or the flag the text came from. Null when there are no rules. */
  readonly file: string | null;
  /** In the order of the file. */
  readonly entries: readonly RepoEntry[];
  /** Checked down to the stages; the steps are as written. */
  readonly workflows: Readonly<Record<string, WrittenWorkflow>>;
  readonly policies: Policies | null;
  readonly metrics: Metrics | null;
  readonly teamAuthz: { readonly command: string; readonly args: readonly string[] } | null;
  readonly planStore: PlanStore | null;
};

/** An expression or an exact text, made ready. */
export type Pattern = {
  /** As written. */
  readonly text: string;
  matches(value: string): boolean;
};

/** One entry of `repos`. */
export type RepoEntry = {
  /** Where the entry begins in the file, counted from 1. */
  readonly line: number;
  /** For `<host>/<full name>`. */
  readonly id: Pattern;
  /** For base branches. */
  readonly branch: Pattern | null;
  readonly repoConfigFile: string | null;
  readonly planRequirements: readonly RequirementName[] | null;
  readonly applyRequirements: readonly RequirementName[] | null;
  readonly importRequirements: readonly RequirementName[] | null;
  readonly preWorkflowHooks: readonly WorkflowHook[];
  readonly postWorkflowHooks: readonly WorkflowHook[];
  readonly workflow: string | null;
  readonly allowedWorkflows: readonly string[] | null;
  readonly allowedOverrides: readonly OverridableKey[] | null;
  readonly allowCustomWorkflows: boolean | null;
  readonly deleteSourceBranchOnMerge: boolean | null;
  readonly repoLockMode: RepoLockMode | null;
  readonly policyCheck: boolean | null;
  readonly customPolicyCheck: boolean | null;
  readonly autodiscover: AutodiscoverRule | null;
  readonly silencePrComments: readonly SilenceableCommand[] | null;
};

export type AutodiscoverRule = {
  readonly mode: AutodiscoverMode | null;
  /** Patterns, cleaned, of folders that discovery leaves out. Null leaves them to the repository. */
  readonly ignorePaths: readonly string[] | null;
};

/** A command to run around every command of a repository. */
export type WorkflowHook = {
  readonly run: string;
  readonly description: string | null;
  readonly shell: string | null;
  readonly shellArgs: string | null;
  /** Names of commands, with commas between them, as written. Null means every command. */
  readonly commands: string | null;
};

export type PolicyOwners = { readonly users: readonly string[]; readonly teams: readonly string[] };

export type PolicySet = {
  readonly name: string;
  readonly path: string;
  readonly source: 'local';
  readonly owners: PolicyOwners;
  readonly approveCount: number;
  readonly stickyApprovals: boolean;
  readonly itemRegex: string;
  readonly preventSelfApprove: boolean;
};

export type Policies = {
  /** `1.2.3`; null for the one that is installed. */
  readonly conftestVersion: string | null;
  readonly owners: PolicyOwners;
  /** What the sets do not say themselves is filled in from here. */
  readonly sets: readonly PolicySet[];
};

export type Metrics = {
  readonly statsd: { readonly host: string; readonly port: number } | null;
  readonly prometheus: { readonly endpoint: string } | null;
};

export type PlanStore = {
  readonly type: 's3';
  readonly bucket: string;
  readonly region: string;
  readonly prefix: string | null;
  readonly endpoint: string | null;
  readonly forcePathStyle: boolean;
  readonly profile: string | null;
};

/** What flags of the server decide where neither the rules nor the repository do. */
export type RuleDefaults = {
  readonly automerge: boolean;
  readonly parallelPlan: boolean;
  readonly parallelApply: boolean;
  readonly autodiscoverMode: AutodiscoverMode;
  /** False turns project locks off for everybody. */
  readonly repoLocking: boolean;
  readonly policyChecks: boolean;
};

/** What holds for one repository: the entries that match it put together, every key decided. */
export type RepoRule = {
  readonly repoId: string;
  /** As `ServerRules.file`. */
  readonly rulesFile: string | null;
  /** Null for every base branch. Pull requests into others are ignored. */
  readonly branch: Pattern | null;
  /** Relative to the root of the repo. */
  readonly repoConfigFile: string;
  readonly planRequirements: readonly RequirementName[];
  /** That policies must have passed is not among them: `policyCheck` says so. */
  readonly applyRequirements: readonly RequirementName[];
  readonly importRequirements: readonly RequirementName[];
  /** Of all matching entries, in their order. */
  readonly preWorkflowHooks: readonly WorkflowHook[];
  readonly postWorkflowHooks: readonly WorkflowHook[];
  readonly workflow: string;
  /** Those that the server defines. */
  readonly workflows: Readonly<Record<string, WrittenWorkflow>>;
  /** Empty allows every workflow. */
  readonly allowedWorkflows: readonly string[];
  readonly allowedOverrides: readonly OverridableKey[];
  readonly allowCustomWorkflows: boolean;
  readonly deleteSourceBranchOnMerge: boolean;
  readonly repoLockMode: RepoLockMode;
  readonly policyCheck: boolean;
  readonly customPolicyCheck: boolean;
  readonly autodiscover: AutodiscoverRule;
  /** Null when nobody says anything. */
  readonly silencePrComments: readonly SilenceableCommand[] | null;
  readonly defaults: RuleDefaults;
  /** A sentence about parts of the rules that this version cannot honour yet: nothing of the repository may run. */
  readonly unsupported: string | null;
};

/** What holds for a repository as a whole: the server's rules and its own file put together. */
export type RepoSettings = {
  readonly automerge: boolean;
  readonly parallelPlan: boolean;
  readonly parallelApply: boolean;
  readonly abortOnExecutionOrderFail: boolean;
  readonly autodiscoverMode: AutodiscoverMode;
  readonly ignorePaths: readonly string[];
  /** Empty allows every expression. */
  readonly allowedRegexpPrefixes: readonly string[];
};

/** What holds for one project, listed or discovered: the server's rules and the repository's file put together. */
export type ProjectSettings = {
  readonly planRequirements: readonly RequirementName[];
  readonly applyRequirements: readonly RequirementName[];
  readonly importRequirements: readonly RequirementName[];
  readonly repoLockMode: RepoLockMode;
  readonly deleteSourceBranchOnMerge: boolean;
  readonly silencePrComments: readonly SilenceableCommand[] | null;
  readonly workflow: string;
  readonly policyCheck: boolean;
  readonly customPolicyCheck: boolean;
  /** Names of projects. */
  readonly dependsOn: readonly string[];
  /** A sentence when the project asks for what this version cannot honour yet: nothing of it may run. */
  readonly unsupported: string | null;
};
