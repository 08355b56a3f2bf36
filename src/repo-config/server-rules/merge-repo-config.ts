import type { InvalidDocument } from '../check-document.ts';
import type { ConfiguredProject, RepoConfig } from '../types.ts';
import { checkAgainstRule } from './check-against-rule.ts';
import { overlay } from './overlay.ts';
import type { ProjectSettings, RepoRule, RepoSettings } from './types.ts';
import { unsupportedInProject } from './unsupported-rules.ts';

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
  const base: RepoSettings = {
    automerge: defaults.automerge,
    parallelPlan: defaults.parallelPlan,
    parallelApply: defaults.parallelApply,
    abortOnExecutionOrderFail: false,
    autodiscoverMode: defaults.autodiscoverMode,
    ignorePaths: [],
    allowedRegexpPrefixes: [],
  };
  return overlay(base, config ?? {}, { autodiscoverMode: autodiscover.mode, ignorePaths: autodiscover.ignorePaths });
}

function projectSettings(
  rule: RepoRule,
  config: RepoConfig | null,
  project: ConfiguredProject | null,
): ProjectSettings {
  const base = {
    planRequirements: rule.planRequirements,
    applyRequirements: rule.applyRequirements,
    importRequirements: rule.importRequirements,
    repoLockMode: rule.repoLockMode,
    deleteSourceBranchOnMerge: rule.deleteSourceBranchOnMerge,
    silencePrComments: rule.silencePrComments,
    workflow: rule.workflow,
    policyCheck: rule.policyCheck,
    customPolicyCheck: rule.customPolicyCheck,
    dependsOn: [],
  };
  const locks = rule.defaults.repoLocking ? {} : { repoLockMode: 'disabled' as const };
  const settings = overlay<Omit<ProjectSettings, 'unsupported'>>(base, config ?? {}, project ?? {}, locks);
  return { ...settings, unsupported: rule.unsupported ?? unsupportedInProject(rule, config, project) };
}
