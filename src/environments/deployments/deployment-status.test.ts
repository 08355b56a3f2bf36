import { describe, expect, it } from 'vitest';
import { deploymentStatuses } from '../types.ts';
import { type DeploymentEvent, isFinished, nextStatus } from './deployment-status.ts';

const legal: Record<DeploymentEvent, { from: string[]; to: string }> = {
  run: { from: ['created', 'blocked'], to: 'running' },
  block: { from: ['created'], to: 'blocked' },
  unblock: { from: ['blocked'], to: 'created' },
  succeed: { from: ['created', 'running', 'failed', 'canceled', 'skipped', 'blocked'], to: 'success' },
  drop: { from: ['created', 'running', 'success', 'canceled', 'skipped', 'blocked'], to: 'failed' },
  cancel: { from: ['created', 'running', 'success', 'failed', 'skipped', 'blocked'], to: 'canceled' },
  skip: { from: ['created', 'running', 'success', 'failed', 'canceled', 'blocked'], to: 'skipped' },
  create: { from: ['skipped'], to: 'created' },
};

describe('nextStatus', () => {
  it.each(Object.entries(legal))('allows %s only as the table has it', (event, { from, to }) => {
    const outcomes = deploymentStatuses.map((status) => [status, nextStatus(event as DeploymentEvent, status)]);
    expect(outcomes).toEqual(deploymentStatuses.map((status) => [status, from.includes(status) ? to : undefined]));
  });
});

describe('isFinished', () => {
  it('says so of success, failed and canceled only', () => {
    expect(deploymentStatuses.filter(isFinished)).toEqual(['success', 'failed', 'canceled']);
  });
});
