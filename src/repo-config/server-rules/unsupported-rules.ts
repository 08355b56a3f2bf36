import type { ConfiguredProject, RepoConfig } from '../types.ts';
import type { RepoEntry, RepoRule, ServerRules } from './types.ts';
import { effectiveWorkflow, isBuiltIn } from './workflow-in-use.ts';

/*
 * Parts of the rules that this version reads and cannot act on. Nothing may be applied without them, so that whatever
 * they are meant for is not run. A part leaves this file when it is honoured.
 */

/** A sentence about what nothing of the repository may be run without, or null. */
export function unsupportedInRule(rules: ServerRules, entries: readonly RepoEntry[]): string | null {
  const parts = entries.flatMap((entry) => [
    ...(entry.preWorkflowHooks.length > 0 ? [`"pre_workflow_hooks" (${rules.file}, entry at line ${entry.line})`] : []),
    ...(entry.postWorkflowHooks.length > 0
      ? [`"post_workflow_hooks" (${rules.file}, entry at line ${entry.line})`]
      : []),
  ]);
  return sentence(`the server sets ${parts.join(' and ')} for this repository`, parts, 'nothing was run');
}

/** A sentence about what the project may not be run without, or null. A null project is one that nobody lists. */
export function unsupportedInProject(
  rule: RepoRule,
  config: RepoConfig | null,
  project: ConfiguredProject | null,
): string | null {
  const workflow = effectiveWorkflow(rule, config, project);
  const lines = project?.keyLines ?? {};
  const where = (key: 'workflow' | 'policy_check' | 'custom_policy_check') =>
    lines[key] === undefined ? 'of the server' : `(${config?.file}, line ${lines[key]})`;
  const parts: string[] = [];
  if (!isBuiltIn(workflow.definition)) parts.push(`the workflow "${workflow.name}" ${where('workflow')}`);
  if (project?.policyCheck ?? rule.policyCheck) parts.push(`policy checks ${where('policy_check')}`);
  if (project?.customPolicyCheck ?? rule.customPolicyCheck) {
    parts.push(`custom policy checks ${where('custom_policy_check')}`);
  }
  return sentence(`the project is set to use ${parts.join(' and ')}`, parts, 'it was not run');
}

/**
 * What of the rules is for the whole server and not built: `refusals` protect something, so that the server must not
 * start without them; `warnings` name what has no effect.
 */
export function unbuiltRules(rules: ServerRules): { readonly refusals: string[]; readonly warnings: string[] } {
  const refusals: string[] = [];
  const warnings: string[] = [];
  if (rules.teamAuthz) {
    refusals.push(
      `${rules.file}: team_authz protects something, and this version does not enforce it yet: the program that allows commands is not asked. Remove it to start without`,
    );
  }
  if (rules.metrics) {
    warnings.push(`${rules.file}: metrics has no effect in this version: no metrics are sent or served`);
  }
  if (rules.planStore) {
    warnings.push(`${rules.file}: external_stores has no effect in this version: plan files are kept in the database`);
  }
  return { refusals, warnings };
}

function sentence(subject: string, parts: readonly string[], consequence: string): string | null {
  if (parts.length === 0) return null;
  return `${subject}, which this version of Polder cannot honour yet: ${consequence}`;
}
