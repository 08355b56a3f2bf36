import { withoutPort } from '../../lib/without-port.ts';
import { overlay } from './overlay.ts';
import type { RepoRule, RuleDefaults, ServerRules } from './types.ts';
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
 * The rule for one repository, `<host>/<full name>`, by exact case. Where the host has a port, entries match with it and
 * without it, as those of Atlantis leave it out: a requirement that is missed is a change that nobody approved. Of all entries that match, the last one that sets a
 * key decides it, an empty list included; hooks of all of them are put together. `branch` and `repo_config_file` come
 * from the last matching entry alone.
 */
export function rulesForRepo(
  rules: ServerRules,
  { repoId, defaults }: { repoId: string; defaults: RuleDefaults },
): RepoRule {
  const entries = rules.entries.filter(({ id }) => id.matches(repoId) || id.matches(idWithoutPort(repoId)));
  const last = entries.at(-1);
  const builtIn: Decided = {
    planRequirements: [],
    applyRequirements: [],
    importRequirements: [],
    workflow: 'default',
    allowedWorkflows: [],
    allowedOverrides: [],
    allowCustomWorkflows: false,
    deleteSourceBranchOnMerge: false,
    repoLockMode: 'on_plan',
    policyCheck: defaults.policyChecks,
    customPolicyCheck: false,
    autodiscover: { mode: null, ignorePaths: null },
    silencePrComments: null,
  };
  return {
    ...overlay(builtIn, ...entries),
    repoId,
    rulesFile: rules.file,
    branch: last?.branch ?? null,
    repoConfigFile: last?.repoConfigFile ?? 'atlantis.yaml',
    preWorkflowHooks: entries.flatMap((entry) => entry.preWorkflowHooks),
    postWorkflowHooks: entries.flatMap((entry) => entry.postWorkflowHooks),
    workflows: rules.workflows,
    defaults,
    unsupported: unsupportedInRule(rules, entries),
  };
}

function idWithoutPort(repoId: string): string {
  const [host = '', ...fullName] = repoId.split('/');
  return [withoutPort(host), ...fullName].join('/');
}

/** What each entry may decide anew. */
type Decided = Omit<
  RepoRule,
  | 'repoId'
  | 'rulesFile'
  | 'branch'
  | 'repoConfigFile'
  | 'preWorkflowHooks'
  | 'postWorkflowHooks'
  | 'workflows'
  | 'defaults'
  | 'unsupported'
>;

/** Pull requests into other branches are not worked on. */
export function isForBaseBranch(rule: Pick<RepoRule, 'branch'>, baseBranch: string): boolean {
  return rule.branch === null || rule.branch.matches(baseBranch);
}
