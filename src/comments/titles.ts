import type { ReportedCommand } from './types.ts';

/** Commands as headings and statuses call them. */
export const titles: Readonly<Record<ReportedCommand, string>> = {
  plan: 'Plan',
  apply: 'Apply',
  import: 'Import',
  state_rm: 'State',
  version: 'Version',
  approve_policies: 'Approve Policies',
};
