import { branchTest } from '../branch-test.ts';
import { type InvalidDocument, invalidContent } from '../check-document.ts';
import type { ConfigIssue, ConfiguredProject, OverridableKey, RepoConfig } from '../types.ts';
import type { RepoRule } from './types.ts';

/** In the order in which Atlantis looks at them, since it tells only the first. */
const judgedKeys: readonly OverridableKey[] = [
  'workflow',
  'apply_requirements',
  'plan_requirements',
  'import_requirements',
  'delete_source_branch_on_merge',
  'repo_locking',
  'repo_locks',
  'policy_check',
  'custom_policy_check',
  'silence_pr_comments',
];

/**
 * What the repository's file sets and the server's rule does not allow, in Atlantis's words
 * (https://www.runatlantis.io/docs/server-side-repo-config); undefined when there is nothing.
 */
export function checkAgainstRule(rule: RepoRule, config: RepoConfig, baseBranch: string): InvalidDocument | undefined {
  const isForBranch = branchTest(baseBranch);
  const projects = Array.from(config.projects.entries()).filter(([, { branch }]) => isForBranch(branch));
  const issues = [
    ...projects.flatMap(([index, { keyLines }]) => keysNotAllowed(rule, keyLines, `projects[${index}].`)),
    ...keysNotAllowed(rule, config.keyLines, ''),
    ...workflowsNotAllowed(rule, config),
    ...projects.flatMap(([index, project]) => workflowUnknown(rule, config, { index, project })),
    ...projects.flatMap(([index, project]) => workflowNotAllowed(rule, config, { index, project })),
  ];
  return issues.length === 0 ? undefined : invalidContent(config.file, issues);
}

function keysNotAllowed(
  { allowedOverrides }: RepoRule,
  keyLines: Readonly<Partial<Record<OverridableKey, number>>>,
  prefix: string,
): ConfigIssue[] {
  return judgedKeys.flatMap((key) => {
    const line = keyLines[key];
    if (line === undefined || allowedOverrides.includes(key)) return [];
    const message = `repo config not allowed to set '${key}' key: server-side config needs 'allowed_overrides: [${key}]'`;
    return [{ line, key: `${prefix}${key}`, message }];
  });
}

function workflowsNotAllowed({ allowCustomWorkflows }: RepoRule, config: RepoConfig): ConfigIssue[] {
  if (allowCustomWorkflows || Object.keys(config.workflows).length === 0) return [];
  const message =
    "repo config not allowed to define custom workflows: server-side config needs 'allow_custom_workflows: true'";
  return [{ line: config.keyLines.workflows ?? 1, key: 'workflows', message }];
}

type Place = { readonly index: number; readonly project: ConfiguredProject };

function workflowUnknown(rule: RepoRule, config: RepoConfig, { index, project }: Place): ConfigIssue[] {
  const { workflow: name, keyLines, line } = project;
  if (name === null || name === 'default' || [config, rule].some(({ workflows }) => Object.hasOwn(workflows, name))) {
    return [];
  }
  const message = `workflow ${JSON.stringify(name)} is not defined anywhere`;
  return [{ line: keyLines.workflow ?? line, key: `projects[${index}].workflow`, message }];
}

/** A workflow of the repository's own, where it may have any, needs no place in the list. */
function workflowNotAllowed(rule: RepoRule, config: RepoConfig, { index, project }: Place): ConfigIssue[] {
  const { workflow: name, keyLines, line } = project;
  if (name === null || rule.allowedWorkflows.length === 0 || rule.allowedWorkflows.includes(name)) return [];
  if (rule.allowCustomWorkflows && Object.hasOwn(config.workflows, name)) return [];
  const message = `workflow '${name}' is not allowed for this repo`;
  return [{ line: keyLines.workflow ?? line, key: `projects[${index}].workflow`, message }];
}
