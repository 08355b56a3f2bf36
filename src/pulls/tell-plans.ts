import type { ProjectStatus } from '../comments/index.ts';
import type { PullDeps } from './deps.ts';
import { selectProjects } from './pull-store.ts';
import { selectStatuses } from './report-store.ts';
import { combinedEnded } from './run-statuses.ts';
import { statusNames } from './status-names.ts';
import { type StatusDeps, type StatusTarget, writeStatuses } from './write-statuses.ts';

/**
 * Sets the combined statuses after plans were made or thrown away. That of the apply says what is left to be applied;
 * where plans only failed or went there is nothing to say of applies, but that an earlier green one must not stay.
 */
export async function tellPlans(
  deps: StatusDeps & Pick<PullDeps, 'pullSettings'>,
  target: StatusTarget,
  change: 'planned' | 'discarded',
): Promise<void> {
  const record = (await selectProjects(deps.db, target.pull.id)).map(({ status }) => status);
  const [plan, apply] = combinedEnded(statusNames(deps.pullSettings), 'plan', record);
  if (!plan || !apply) return;
  const known = await selectStatuses(deps.db, { pullId: target.pull.id, headSha: target.headSha });
  const isSure = change === 'planned' && saysOfApplies(record);
  const isToTell = isSure || known.get(apply.context)?.state === 'success';
  await writeStatuses(deps, target, isToTell ? [plan, apply] : [plan]);
}

/** Whether something waits to be applied or went wrong in an apply, or else everything is settled. */
function saysOfApplies(record: readonly ProjectStatus[]): boolean {
  const isGone = (status: ProjectStatus) => status === 'plan_errored' || status === 'plan_discarded';
  const isSettled = (status: ProjectStatus) => status === 'applied' || status === 'planned_no_changes';
  return record.every(isSettled) || record.some((status) => !isGone(status) && !isSettled(status));
}
