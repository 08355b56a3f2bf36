import { RE2JS } from 're2js';
import { cleanDir, cleanVersion } from '../field-rules.ts';
import { lockModeOf } from '../understand.ts';
import type { YamlPath } from '../yaml-tree.ts';
import type { RawRepo, RawRules } from './raw-rules.ts';
import type { Pattern, PlanStore, Policies, PolicyOwners, RepoEntry, ServerRules } from './types.ts';

type Source = { readonly file: string; readonly lineOf: (path: YamlPath) => number };

/** From what is written to what it means: expressions made ready, paths cleaned, policy sets filled in. */
export function understandRules(raw: RawRules, source: Source): ServerRules {
  return {
    file: source.file,
    entries: (raw.repos ?? []).map((repo, index) => understandEntry(repo, source.lineOf(['repos', index]))),
    workflows: raw.workflows ?? {},
    policies: raw.policies && understandPolicies(raw.policies),
    metrics: raw.metrics,
    teamAuthz: raw.team_authz && { command: raw.team_authz.command, args: raw.team_authz.args ?? [] },
    planStore: raw.external_stores?.plan_store ? understandStore(raw.external_stores.plan_store.s3) : null,
  };
}

function understandEntry(raw: RawRepo, line: number): RepoEntry {
  return {
    line,
    id: patternOf(raw.id),
    branch: raw.branch ? patternOf(raw.branch) : null,
    repoConfigFile: raw.repo_config_file ? cleanDir(raw.repo_config_file) : null,
    planRequirements: raw.plan_requirements,
    applyRequirements: raw.apply_requirements,
    importRequirements: raw.import_requirements,
    preWorkflowHooks: raw.pre_workflow_hooks ?? [],
    postWorkflowHooks: raw.post_workflow_hooks ?? [],
    workflow: raw.workflow,
    allowedWorkflows: raw.allowed_workflows,
    allowedOverrides: raw.allowed_overrides,
    allowCustomWorkflows: raw.allow_custom_workflows,
    deleteSourceBranchOnMerge: raw.delete_source_branch_on_merge,
    repoLockMode: raw.repo_locks?.mode ?? lockModeOf(raw.repo_locking),
    policyCheck: raw.policy_check,
    customPolicyCheck: raw.custom_policy_check,
    autodiscover: raw.autodiscover && {
      mode: raw.autodiscover.mode,
      ignorePaths: raw.autodiscover.ignore_paths?.map(cleanDir) ?? null,
    },
    silencePrComments: raw.silence_pr_comments,
  };
}

/** `/expression/`, found anywhere in the value, or the value itself. */
function patternOf(text: string): Pattern {
  if (!text.startsWith('/')) return { text, matches: (value) => value === text };
  const expression = RE2JS.compile(text.slice(1, -1));
  return { text, matches: (value) => expression.matcher(value).find() };
}

function understandPolicies(raw: NonNullable<RawRules['policies']>): Policies {
  return {
    conftestVersion: raw.conftest_version === null ? null : cleanVersion(raw.conftest_version),
    owners: ownersOf(raw.owners),
    sets: (raw.policy_sets ?? []).map((set) => ({
      name: set.name,
      path: set.path,
      source: 'local',
      owners: ownersOf(set.owners),
      approveCount: [set.approve_count, raw.approve_count].find((count) => count !== null && count > 0) ?? 1,
      stickyApprovals: set.sticky_policy_approvals ?? raw.sticky_policy_approvals ?? false,
      // The whole output is one item.
      itemRegex: set.policy_item_regex ?? raw.policy_item_regex ?? '(?s).+',
      preventSelfApprove: set.prevent_self_approve ?? false,
    })),
  };
}

function ownersOf(raw: NonNullable<RawRules['policies']>['owners']): PolicyOwners {
  return { users: raw?.users ?? [], teams: raw?.teams ?? [] };
}

type RawStore = NonNullable<NonNullable<RawRules['external_stores']>['plan_store']>['s3'];

function understandStore(raw: RawStore): PlanStore {
  const { bucket, region, prefix, endpoint, profile } = raw;
  return { type: 's3', bucket, region, prefix, endpoint, profile, forcePathStyle: raw.force_path_style ?? false };
}
