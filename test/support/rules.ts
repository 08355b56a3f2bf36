import type { ProjectSettings, RuleDefaults } from '../../src/repo-config/index.ts';

/** What a server without flags decides. */
export const usualRuleDefaults: RuleDefaults = {
  automerge: false,
  parallelPlan: false,
  parallelApply: false,
  autodiscoverMode: 'auto',
  repoLocking: true,
  policyChecks: false,
};

/** What holds for a project of which nobody says anything. */
export const usualProjectSettings: ProjectSettings = {
  planRequirements: [],
  applyRequirements: [],
  importRequirements: [],
  repoLockMode: 'on_plan',
  deleteSourceBranchOnMerge: false,
  silencePrComments: null,
  workflow: 'default',
  policyCheck: false,
  customPolicyCheck: false,
  dependsOn: [],
  unsupported: null,
};
