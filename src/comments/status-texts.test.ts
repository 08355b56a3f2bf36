import { describe, expect, it } from 'vitest';
import {
  applyCountsStatus,
  failedStatus,
  type ProjectStatus,
  planCountsStatus,
  policyCountsStatus,
  projectStatusText,
  startedStatus,
} from './status-texts.ts';
import type { ReportedOutcome } from './types.ts';

const noCounts = { add: 0, change: 0, destroy: 0, import: 0, forget: 0 };

describe('projectStatusText', () => {
  const counted = 'Plan: 1 to add, 0 to change, 0 to destroy.\n';
  const onlyOutputs = 'You can apply this plan to save these new output values to the Terraform\n';
  const plans: [name: string, outcome: ReportedOutcome, output: string, description: string][] = [
    [
      'a plan',
      { kind: 'planned', planId: 1, summary: { ...noCounts, add: 1 } },
      counted,
      'Plan: 1 to add, 0 to change, 0 to destroy.',
    ],
    [
      'a plan that imports and forgets',
      { kind: 'planned', planId: 1, summary: { ...noCounts, import: 2, forget: 3 } },
      'Plan: 2 to import, …',
      'Plan: 2 to import, 0 to add, 0 to change, 0 to destroy, 3 to forget.',
    ],
    [
      'a plan that only moves',
      { kind: 'planned', planId: 1, summary: noCounts },
      'Plan: 0 to add, …',
      'Plan: 0 to add, 0 to change, 0 to destroy.',
    ],
    [
      'a plan for outputs',
      { kind: 'planned', planId: 1, summary: noCounts },
      onlyOutputs,
      'Plan: only outputs change.',
    ],
    ['a plan of another kind', { kind: 'planned', planId: 1, summary: null }, 'x', 'Plan succeeded.'],
    [
      'a plan without changes',
      { kind: 'unchanged', planId: 1 },
      '\nNo changes. Infrastructure is up-to-date.\n',
      'No changes. Infrastructure is up-to-date.',
    ],
    [
      'a plan without a word',
      { kind: 'unchanged', planId: 1 },
      '',
      'No changes. Your infrastructure matches the configuration.',
    ],
  ];
  it.each(plans)('tells of %s', (...[, outcome, output, description]) => {
    expect(projectStatusText('plan', { outcome, output })).toEqual({ state: 'success', description });
  });

  const failures: [outcome: ReportedOutcome, description: string][] = [
    [{ kind: 'refused', refusal: { kind: 'locked', message: '' } }, 'Apply failed.'],
    [{ kind: 'locked_by_pull', pullNumber: 1, holds: 'plan' }, 'Apply failed.'],
    [{ kind: 'failed', code: 'x', message: '' }, 'Apply failed.'],
    [{ kind: 'cancelled', by: 'dev' }, 'Apply cancelled.'],
    [{ kind: 'interrupted', phase: 'apply', message: '' }, 'Apply interrupted.'],
  ];
  it.each(failures)('tells of %j', (outcome, description) => {
    expect(projectStatusText('apply', { outcome, output: '' })).toEqual({ state: 'failed', description });
  });
  it('tells of an apply', () => {
    const outcome: ReportedOutcome = { kind: 'applied', planId: 1, summary: null };
    expect(projectStatusText('apply', { outcome, output: '' })).toEqual({
      state: 'success',
      description: 'Apply succeeded.',
    });
  });
});

describe('startedStatus', () => {
  it('waits', () => {
    expect(startedStatus('policy_check')).toEqual({ state: 'pending', description: 'Policy_check in progress...' });
  });
});

describe('failedStatus', () => {
  it('counts nothing', () => {
    expect(failedStatus('plan')).toEqual({ state: 'failed', description: 'Plan failed.' });
  });
});

describe('planCountsStatus', () => {
  const rows: [projects: ProjectStatus[], state: string, description: string][] = [
    [[], 'success', '0/0 projects planned successfully.'],
    [['planned', 'planned_no_changes', 'applied'], 'success', '3/3 projects planned successfully.'],
    [['planned', 'plan_errored'], 'failed', '1/2 projects failed to plan.'],
    [['planned', 'plan_discarded'], 'pending', '1/2 projects planned.'],
    [['apply_errored'], 'success', '1/1 projects planned successfully.'],
  ];
  it.each(rows)('counts %j', (projects, state, description) => {
    expect(planCountsStatus(projects)).toEqual({ state, description });
  });
});

describe('applyCountsStatus', () => {
  const rows: [projects: ProjectStatus[], state: string, description: string][] = [
    [[], 'success', '0/0 projects applied successfully.'],
    [['applied', 'applied'], 'success', '2/2 projects applied successfully.'],
    [['planned_no_changes'], 'success', '1/1 projects up to date.'],
    [['applied', 'planned_no_changes'], 'success', '1/2 projects applied successfully (1 up to date).'],
    [['applied', 'planned'], 'pending', '1/2 projects applied.'],
    [['applied', 'planned', 'planned_no_changes'], 'pending', '1/3 projects applied (1 up to date).'],
    [['applied', 'plan_errored'], 'pending', '1/2 projects applied.'],
    [['applied', 'apply_errored'], 'failed', '1/2 projects failed to apply.'],
  ];
  it.each(rows)('counts %j', (projects, state, description) => {
    expect(applyCountsStatus(projects)).toEqual({ state, description });
  });
});

describe('policyCountsStatus', () => {
  const rows: [passed: number, failed: number, total: number, state: string, description: string][] = [
    [0, 0, 0, 'success', '0/0 projects had policies checked successfully.'],
    [1, 1, 2, 'failed', '1/2 projects failed policy checks.'],
    [1, 0, 2, 'pending', '1/2 projects had policies checked.'],
  ];
  it.each(rows)('counts %i passed and %i failed of %i', (...[passed, failed, total, state, description]) => {
    expect(policyCountsStatus({ passed, failed, total })).toEqual({ state, description });
  });
});
