import { type DeploymentStatus, deploymentStatuses } from '../types.ts';

const allBut = (status: DeploymentStatus) => deploymentStatuses.filter((other) => other !== status);

/** What can happen to a deployment: from which statuses, and to which. */
const transitions = {
  run: { from: ['created', 'blocked'], to: 'running' },
  block: { from: ['created'], to: 'blocked' },
  unblock: { from: ['blocked'], to: 'created' },
  succeed: { from: allBut('success'), to: 'success' },
  drop: { from: allBut('failed'), to: 'failed' },
  cancel: { from: allBut('canceled'), to: 'canceled' },
  skip: { from: allBut('skipped'), to: 'skipped' },
  create: { from: ['skipped'], to: 'created' },
} as const satisfies Record<string, { from: readonly DeploymentStatus[]; to: DeploymentStatus }>;

export type DeploymentEvent = keyof typeof transitions;

const finished: ReadonlySet<DeploymentStatus> = new Set(['success', 'failed', 'canceled']);

/** The status after the event; undefined when the event is not legal in this status. */
export function nextStatus(event: DeploymentEvent, from: DeploymentStatus): DeploymentStatus | undefined {
  const row: { from: readonly DeploymentStatus[]; to: DeploymentStatus } = transitions[event];
  return row.from.includes(from) ? row.to : undefined;
}

/** Whether reaching this status sets the time at which the deployment finished. */
export function isFinished(status: DeploymentStatus): boolean {
  return finished.has(status);
}
