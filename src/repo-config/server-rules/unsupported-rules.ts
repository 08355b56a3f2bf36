import type { RepoEntry, ServerRules } from './types.ts';

/*
 * Parts of the rules that this version reads and cannot act on. Nothing may be applied without them, so that whatever
 * they are meant for is not run. A part leaves this file when it is honoured.
 */

/** A sentence about what the entries ask for and nothing of the repository may be run without; null when there is none. */
export function unsupportedInRule(rules: ServerRules, entries: readonly RepoEntry[]): string | null {
  const places = entries.flatMap((entry) => [
    ...(entry.preWorkflowHooks.length > 0 ? [`"pre_workflow_hooks" (entry at line ${entry.line})`] : []),
    ...(entry.postWorkflowHooks.length > 0 ? [`"post_workflow_hooks" (entry at line ${entry.line})`] : []),
  ]);
  if (places.length === 0) return null;
  const verb = places.length === 1 ? 'is not a key' : 'are not keys';
  return `the server-side repo config (${rules.file}) sets ${places.join(', ')} for this repository, which ${verb} that this version of Polder can honour yet: nothing was run`;
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
  if (rules.metrics)
    warnings.push(`${rules.file}: metrics has no effect in this version: no metrics are sent or served`);
  if (rules.planStore) {
    warnings.push(`${rules.file}: external_stores has no effect in this version: plan files are kept in the database`);
  }
  return { refusals, warnings };
}
