import type { ChangeSummary } from '../runs/index.ts';
import type { ProjectReport } from './types.ts';

type Plan = Pick<ProjectReport, 'outcome' | 'output'>;

/**
 * A plan in one line, as the engines say it themselves: the counts, or that there is nothing to do. Empty for a plan
 * that changes outputs only, and for a text that is not a plan's.
 */
export function planSummaryLine({ outcome, output }: Plan): string {
  if (outcome.kind === 'unchanged') return /^No changes\. [^\n]*/m.exec(output)?.[0].trimEnd() ?? noChanges;
  // A plan that only moves resources counts nothing, and says so.
  const counted = outcome.kind === 'planned' && /^Plan: /m.test(output);
  return counted && outcome.summary ? countsLine(outcome.summary) : '';
}

const noChanges = 'No changes. Your infrastructure matches the configuration.';

/** True for a plan that leaves all resources as they are, and has outputs to save. */
export function changesOutputsOnly({ outcome, output }: Plan): boolean {
  return outcome.kind === 'planned' && /^You can apply this plan to save these new output values/m.test(output);
}

/** The remark of an engine that what it manages was changed behind its back; empty without. */
export function changedOutsideNote(output: string): string {
  return /Note: Objects have changed outside of (?:Terraform|OpenTofu)/.exec(output)?.[0] ?? '';
}

function countsLine({ add, change, destroy, import: imported, forget }: ChangeSummary): string {
  const imports = imported > 0 ? `${imported} to import, ` : '';
  const forgets = forget > 0 ? `, ${forget} to forget` : '';
  return `Plan: ${imports}${add} to add, ${change} to change, ${destroy} to destroy${forgets}.`;
}
