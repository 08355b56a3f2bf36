import type { ConfiguredProject, RepoConfig, WrittenWorkflow } from '../types.ts';
import type { RepoRule } from './types.ts';

/** A workflow by its name, and what it consists of; null for the one that is built in. */
export type WorkflowInUse = { readonly name: string; readonly definition: WrittenWorkflow | null };

/**
 * The workflow that a project runs under. A project that names one gets the repository's own of that name before the
 * server's, where the repository may have its own; a project that names none gets the server's.
 */
export function effectiveWorkflow(
  rule: Pick<RepoRule, 'workflow' | 'workflows' | 'allowCustomWorkflows'>,
  config: Pick<RepoConfig, 'workflows'> | null,
  project: Pick<ConfiguredProject, 'workflow'> | null,
): WorkflowInUse {
  const name = project?.workflow ?? rule.workflow;
  const isNamedByRepo = project !== null && project.workflow !== null;
  const own = isNamedByRepo && rule.allowCustomWorkflows ? workflowOf(config?.workflows ?? {}, name) : null;
  return { name, definition: own ?? workflowOf(rule.workflows, name) };
}

const builtInSteps: Readonly<Record<keyof WrittenWorkflow, readonly string[]>> = {
  plan: ['init', 'plan'],
  apply: ['apply'],
  policy_check: ['show', 'policy_check'],
  import: ['init', 'import'],
  state_rm: ['init', 'state_rm'],
};

/** True for a workflow that does what the built-in one does. */
export function isBuiltIn(workflow: WrittenWorkflow | null): boolean {
  if (workflow === null) return true;
  return Object.entries(builtInSteps).every(([stage, steps]) => {
    const written = workflow[stage as keyof WrittenWorkflow]?.steps ?? null;
    return written === null || JSON.stringify(written) === JSON.stringify(steps);
  });
}

function workflowOf(workflows: Readonly<Record<string, WrittenWorkflow>>, name: string): WrittenWorkflow | null {
  return Object.hasOwn(workflows, name) ? (workflows[name] ?? null) : null;
}
