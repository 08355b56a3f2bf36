import { cleanDir, cleanVersion } from './field-rules.ts';
import { isGlob } from './glob.ts';
import type { RawConfig, RawProject } from './raw-config.ts';
import { type ConfiguredProject, overridableKeys, type RepoConfig, type RepoLockMode } from './types.ts';
import type { YamlPath } from './yaml-tree.ts';

type Source = { readonly file: string; readonly lineOf: (path: YamlPath) => number };

const defaultWhenModified = ['**/*.tf*', '**/*.tofu', '**/*.tofu.json', '**/terragrunt.hcl', '**/.terraform.lock.hcl'];

/** From what is written to what it means: defaults filled in, paths and versions cleaned. */
export function understand(raw: RawConfig, source: Source): RepoConfig {
  return {
    file: source.file,
    version: raw.version,
    projects: (raw.projects ?? []).map((project, index) => understandProject(project, index, source)),
    workflows: raw.workflows ?? {},
    automerge: raw.automerge,
    parallelPlan: raw.parallel_plan,
    parallelApply: raw.parallel_apply,
    autodiscoverMode: raw.autodiscover?.mode ?? null,
    ignorePaths: (raw.autodiscover?.ignore_paths ?? []).map(cleanDir),
    deleteSourceBranchOnMerge: raw.delete_source_branch_on_merge,
    repoLockMode: raw.repo_locks?.mode ?? null,
    allowedRegexpPrefixes: raw.allowed_regexp_prefixes ?? [],
    abortOnExecutionOrderFail: raw.abort_on_execution_order_fail ?? false,
    silencePrComments: raw.silence_pr_comments,
    emojiReaction: raw.emoji_reaction,
    keyLines: linesOfSet(['workflows', ...overridableKeys], raw, source.lineOf),
  };
}

function understandProject(raw: RawProject, index: number, source: Source): ConfiguredProject {
  const lineOf = (path: YamlPath) => source.lineOf(['projects', index, ...path]);
  return {
    line: lineOf([]),
    name: raw.name ?? '',
    dir: cleanDir(raw.dir),
    isGlob: isGlob(raw.dir),
    branch: raw.branch ? raw.branch.slice(1, -1) : null,
    workspace: raw.workspace || 'default',
    workflow: raw.workflow,
    terraformVersion: raw.terraform_version === null ? null : cleanVersion(raw.terraform_version),
    distribution: raw.terraform_distribution,
    autoplan: understandAutoplan(raw.autoplan),
    planRequirements: raw.plan_requirements,
    applyRequirements: raw.apply_requirements,
    importRequirements: raw.import_requirements,
    dependsOn: raw.depends_on ?? [],
    executionOrderGroup: raw.execution_order_group ?? 0,
    deleteSourceBranchOnMerge: raw.delete_source_branch_on_merge,
    repoLockMode: raw.repo_locks?.mode ?? lockModeOf(raw.repo_locking),
    policyCheck: raw.policy_check,
    customPolicyCheck: raw.custom_policy_check,
    silencePrComments: raw.silence_pr_comments,
    keyLines: linesOfSet(overridableKeys, raw, lineOf),
  };
}

function understandAutoplan(raw: RawProject['autoplan']): ConfiguredProject['autoplan'] {
  return { enabled: raw?.enabled ?? true, whenModified: raw?.when_modified ?? defaultWhenModified };
}

/** The older key says only whether to lock. */
export function lockModeOf(repoLocking: boolean | null): RepoLockMode | null {
  if (repoLocking === null) return null;
  return repoLocking ? 'on_plan' : 'disabled';
}

function linesOfSet<K extends string>(
  keys: readonly K[],
  raw: Readonly<Partial<Record<K, unknown>>>,
  lineOf: Source['lineOf'],
): Partial<Record<K, number>> {
  const lines: Partial<Record<K, number>> = {};
  for (const key of keys) if (raw[key] != null) lines[key] = lineOf([key]);
  return lines;
}
