import { describe, expect, it } from 'vitest';
import { projectOf } from '../../test/support/pull-runs.ts';
import type { Job, JobOutcome } from '../runs/index.ts';
import type { CommitStatus } from '../vcs/index.ts';
import {
  combinedEnded,
  combinedFailed,
  combinedStarted,
  combinedWaiting,
  givenUp,
  noProjectStatuses,
  projectStatuses,
  startStatuses,
  underWay,
} from './run-statuses.ts';

const names = { statusName: 'atlantis', maxProjects: 25, baseUrl: 'https://polder.test' };

function job(dir: string, outcome: JobOutcome | null, state: Job['state'] = 'running'): Job {
  return {
    ...{ id: 1, uuid: `uuid-${dir}`, runId: 1, position: 0, planId: null, state, attempt: 1, outcome },
    ...{ createdAt: 1, startedAt: null, applyingAt: null, endedAt: null },
    project: projectOf({ dir }),
  };
}

function shown(statuses: readonly CommitStatus[]): string[] {
  return statuses.map(({ context, state, description }) => `${context} ${state} ${description}`);
}

const applied: JobOutcome = { kind: 'applied', summary: null, planId: 1 };
const failed: JobOutcome = { kind: 'failed', code: 'x', message: 'x' };

describe('projectStatuses', () => {
  const asked = (command: 'plan' | 'apply', jobs: readonly Job[], ended = false) =>
    shown(projectStatuses(names, command, { jobs, outputs: new Map(), ended }));

  it('says nothing of projects that wait', () => {
    expect(asked('plan', [job('a', null, 'queued'), job('b', null)])).toEqual([
      'atlantis/plan: b/default pending Plan in progress...',
    ]);
  });

  it('links to the job', () => {
    const [status] = projectStatuses(names, 'plan', { jobs: [job('a', null)], outputs: new Map(), ended: false });
    expect(status?.targetUrl).toBe('https://polder.test/jobs/uuid-a');
  });

  it('holds back that a project was applied until the whole run has ended', () => {
    const jobs = [job('a', applied), job('b', failed)];
    const ofB = 'atlantis/apply: b/default failure Apply failed.';
    expect(asked('apply', jobs)).toEqual(['atlantis/apply: a/default pending Apply in progress...', ofB]);
    expect(asked('apply', jobs, true)).toEqual(['atlantis/apply: a/default success Apply succeeded.', ofB]);
  });

  it('says nothing of projects that were left out because an earlier one failed', () => {
    const leftOut: JobOutcome = { kind: 'refused', refusal: { kind: 'earlier_failed', message: 'x' } };
    expect(asked('plan', [job('a', failed), job('b', leftOut)], true)).toEqual([
      'atlantis/plan: a/default failure Plan failed.',
    ]);
  });

  it('says nothing of single projects when there are too many', () => {
    const jobs = Array.from({ length: 26 }, (_, index) => job(`d${index}`, failed));
    expect(asked('plan', jobs, true)).toEqual([]);
  });
});

describe('combined statuses', () => {
  it.each([
    ['started', [combinedStarted(names, 'plan')], ['atlantis/plan pending Plan in progress...']],
    ['failed', [combinedFailed(names, 'apply')], ['atlantis/apply failure Apply failed.']],
    ['waiting', [combinedWaiting(names, 'plan', 2)], ['atlantis/plan pending Plan waits for 2 commands before it.']],
    ['given up', [givenUp(combinedStarted(names, 'plan'), 'plan')], ['atlantis/plan failure Plan cancelled.']],
    [
      'without projects',
      noProjectStatuses(names),
      [
        'atlantis/plan success 0/0 projects planned successfully.',
        'atlantis/policy_check success 0/0 projects had policies checked successfully.',
        'atlantis/apply success 0/0 projects applied successfully.',
      ],
    ],
    [
      'ended',
      combinedEnded({ ...names, statusName: 'terra' }, 'plan', ['planned', 'plan_errored']),
      ['terra/plan failure 1/2 projects failed to plan.', 'terra/apply pending 0/2 projects applied.'],
    ],
  ])('are as people know them when %s', (_name, statuses, expected) => {
    expect(shown(statuses)).toEqual(expected);
  });

  it('leave the start of a plan out where the server is told to keep silent', () => {
    const settings = { silenceVcsStatusNoProjects: true };
    expect(startStatuses(names, 'plan', settings)).toEqual([]);
    expect(startStatuses(names, 'apply', settings)).toEqual([combinedStarted(names, 'apply')]);
  });

  it('tells what is under way from what has ended', () => {
    expect(underWay(names, combinedStarted(names, 'plan'))).toBe('plan');
    expect(underWay(names, combinedWaiting(names, 'apply', 1))).toBe('apply');
    expect(combinedEnded(names, 'apply', ['planned']).map((status) => underWay(names, status))).toEqual([undefined]);
    expect(underWay(names, combinedFailed(names, 'plan'))).toBeUndefined();
  });
});
