import type { RepoEntry, RepoRule, RuleDefaults, ServerRules } from './types.ts';
import { unsupportedInRule } from './unsupported-rules.ts';

/** What holds where the server has no rules. */
export const noServerRules: ServerRules = {
  file: null,
  entries: [],
  workflows: {},
  policies: null,
  metrics: null,
  teamAuthz: null,
  planStore: null,
};

/**
 * The rule for one repository, `<host>/<full name>`, by exact case. Of all entries that match, the last one that sets a
 * key decides it, an empty list included; hooks of all of them are put together. `branch` and `repo_config_file` come
 * from the last matching entry alone.
 */
export function rulesForRepo(
  rules: ServerRules,
  { repoId, defaults }: { repoId: string; defaults: RuleDefaults },
): RepoRule {
  const entries = rules.entries.filter((entry) => entry.id.matches(repoId));
  const last = entries.at(-1);
  const decided = decide(entries);
  return {
    repoId,
    rulesFile: rules.file,
    branch: last?.branch ?? null,
    repoConfigFile: last?.repoConfigFile ?? 'atlantis.yaml',
    planRequirements: decided('planRequirements') ?? [],
    applyRequirements: decided('applyRequirements') ?? [],
    importRequirements: decided('importRequirements') ?? [],
    preWorkflowHooks: entries.flatMap((entry) => entry.preWorkflowHooks),
    postWorkflowHooks: entries.flatMap((entry) => entry.postWorkflowHooks),
    workflow: decided('workflow') ?? 'default',
    workflows: rules.workflows,
    allowedWorkflows: decided('allowedWorkflows') ?? [],
    allowedOverrides: decided('allowedOverrides') ?? [],
    allowCustomWorkflows: decided('allowCustomWorkflows') ?? false,
    deleteSourceBranchOnMerge: decided('deleteSourceBranchOnMerge') ?? false,
    repoLockMode: decided('repoLockMode') ?? 'on_plan',
    policyCheck: decided('policyCheck') ?? defaults.policyChecks,
    customPolicyCheck: decided('customPolicyCheck') ?? false,
    autodiscover: decided('autodiscover') ?? { mode: null, ignorePaths: null },
    silencePrComments: decided('silencePrComments'),
    defaults,
    unsupported: unsupportedInRule(rules, entries),
  };
}

/** Pull requests into other branches are not worked on. */
export function isForBaseBranch(rule: Pick<RepoRule, 'branch'>, baseBranch: string): boolean {
  return rule.branch === null || rule.branch.matches(baseBranch);
}

function decide(entries: readonly RepoEntry[]): <K extends keyof RepoEntry>(key: K) => RepoEntry[K] | null {
  return (key) => entries.findLast((entry) => entry[key] !== null)?.[key] ?? null;
}
