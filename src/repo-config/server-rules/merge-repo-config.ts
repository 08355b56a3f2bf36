import type { InvalidDocument } from '../check-document.ts';
import type { ConfiguredProject, RepoConfig } from '../types.ts';
import { checkAgainstRule } from './check-against-rule.ts';
import type { ProjectSettings, RepoRule, RepoSettings } from './types.ts';
import { awaitingRuns, unsupportedInProject } from './unsupported-rules.ts';

export type MergedConfig = {
  readonly kind: 'ok';
  readonly repo: RepoSettings;
  /** What holds for a project that the file lists, or, with null, for one that it does not list. */
  settingsOf(project: ConfiguredProject | null): ProjectSettings;
};

/**
 * Puts the server's rule for a repository and the repository's own file together; null when it has none. A file that
 * sets what it may not is refused as a whole. Entries for other base branches are not looked at.
 */
export function mergeRepoConfig(
  rule: RepoRule,
  config: RepoConfig | null,
  { baseBranch }: { baseBranch: string },
): MergedConfig | InvalidDocument {
  const refused = config && checkAgainstRule(rule, config, baseBranch);
  if (refused) return refused;
  return {
    kind: 'ok',
    repo: repoSettings(rule, config),
    settingsOf: (project) => projectSettings(rule, config, project),
  };
}

function repoSettings({ autodiscover, defaults }: RepoRule, config: RepoConfig | null): RepoSettings {
  return {
    automerge: config?.automerge ?? defaults.automerge,
    parallelPlan: config?.parallelPlan ?? defaults.parallelPlan,
    parallelApply: config?.parallelApply ?? defaults.parallelApply,
    abortOnExecutionOrderFail: config?.abortOnExecutionOrderFail ?? false,
    autodiscoverMode: autodiscover.mode ?? config?.autodiscoverMode ?? defaults.autodiscoverMode,
    ignorePaths: autodiscover.ignorePaths ?? config?.ignorePaths ?? [],
    allowedRegexpPrefixes: config?.allowedRegexpPrefixes ?? [],
  };
}

function projectSettings(
  rule: RepoRule,
  config: RepoConfig | null,
  project: ConfiguredProject | null,
): ProjectSettings {
  const repoLockMode = project?.repoLockMode ?? config?.repoLockMode ?? rule.repoLockMode;
  const settings = {
    planRequirements: project?.planRequirements ?? rule.planRequirements,
    applyRequirements: project?.applyRequirements ?? rule.applyRequirements,
    importRequirements: project?.importRequirements ?? rule.importRequirements,
    repoLockMode: rule.defaults.repoLocking ? repoLockMode : 'disabled',
    deleteSourceBranchOnMerge:
      project?.deleteSourceBranchOnMerge ?? config?.deleteSourceBranchOnMerge ?? rule.deleteSourceBranchOnMerge,
    silencePrComments: project?.silencePrComments ?? config?.silencePrComments ?? rule.silencePrComments,
    workflow: project?.workflow ?? rule.workflow,
    policyCheck: project?.policyCheck ?? rule.policyCheck,
    customPolicyCheck: project?.customPolicyCheck ?? rule.customPolicyCheck,
    dependsOn: project?.dependsOn ?? [],
  };
  const unsupported = rule.unsupported ?? unsupportedInProject(rule, config, project);
  return { ...settings, unsupported: unsupported ?? awaitingRuns(settings) };
}
