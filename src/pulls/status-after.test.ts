import { describe, expect, it } from 'vitest';
import type { CommandKind } from '../commands/index.ts';
import type { ProjectStatus } from '../comments/index.ts';
import type { JobOutcome } from '../runs/index.ts';
import { statusAfter } from './status-after.ts';

const outcomes = {
  planned: { kind: 'planned', summary: null, planId: 1 },
  unchanged: { kind: 'unchanged', planId: 1 },
  applied: { kind: 'applied', summary: null, planId: 1 },
  failed: { kind: 'failed', code: 'x', message: 'x' },
  locked: { kind: 'refused', refusal: { kind: 'locked', message: 'x' } },
  leftOut: { kind: 'refused', refusal: { kind: 'earlier_failed', message: 'x' } },
  interrupted: { kind: 'interrupted', phase: 'apply', message: 'x' },
  cancelled: { kind: 'cancelled', by: 'ada' },
  done: { kind: 'done', planDiscarded: false },
  doneAndDiscarded: { kind: 'done', planDiscarded: true },
} satisfies Record<string, JobOutcome>;

describe('statusAfter', () => {
  const rows: [CommandKind, keyof typeof outcomes, ProjectStatus | null][] = [
    ['plan', 'planned', 'planned'],
    ['plan', 'unchanged', 'planned_no_changes'],
    ['plan', 'failed', 'plan_errored'],
    ['plan', 'locked', 'plan_errored'],
    ['plan', 'cancelled', 'plan_errored'],
    ['plan', 'leftOut', null],
    ['apply', 'applied', 'applied'],
    ['apply', 'unchanged', 'applied'],
    ['apply', 'failed', 'apply_errored'],
    ['apply', 'locked', 'apply_errored'],
    ['apply', 'interrupted', 'apply_errored'],
    ['apply', 'cancelled', null],
    ['apply', 'leftOut', null],
    ['import', 'done', null],
    ['import', 'doneAndDiscarded', 'plan_discarded'],
    ['state_rm', 'doneAndDiscarded', 'plan_discarded'],
    ['state_rm', 'failed', 'plan_errored'],
    ['import', 'cancelled', null],
    ['version', 'failed', null],
  ];
  it.each(rows)('after a %s that is %s it says %s', (command, outcome, status) => {
    expect(statusAfter(command, outcomes[outcome])).toBe(status);
  });
});
