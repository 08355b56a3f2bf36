import { describe, expect, it } from 'vitest';
import { projectOf } from '../../test/support/pull-runs.ts';
import { executeJobs, type JobWork } from './execute-jobs.ts';
import type { Job, RunOrder } from './types.ts';

const usual: RunOrder = { parallel: true, abortOnFail: false };

function jobOf(name: string, executionOrderGroup = 0, over: Partial<Job> = {}): Job {
  return {
    id: 1,
    uuid: '',
    runId: 1,
    position: 0,
    project: projectOf({ name, dir: name, executionOrderGroup }),
    planId: null,
    state: 'queued',
    attempt: 0,
    outcome: null,
    createdAt: 0,
    startedAt: null,
    applyingAt: null,
    endedAt: null,
    ...over,
  };
}

/** What became of jobs, in order: `+a` began, `-a` ended, `a skipped`. `failing`: groups that have a failure. */
async function courseOf(jobs: readonly Job[], order: RunOrder, failing: readonly number[] = []): Promise<string[]> {
  const course: string[] = [];
  const work: JobWork = {
    execute: async ({ project }) => {
      course.push(`+${project.name}`);
      await new Promise((resolve) => setImmediate(resolve));
      course.push(`-${project.name}`);
    },
    hasFailed: async (group) => failing.some((one) => one <= group),
    skip: async ({ project }) => void course.push(`${project.name} skipped`),
  };
  await executeJobs(jobs, order, work);
  return course;
}

describe('executeJobs', () => {
  it('runs the jobs of a group side by side, and the groups in ascending order', async () => {
    const jobs = [jobOf('c', 2), jobOf('a', -1), jobOf('b', -1)];
    expect(await courseOf(jobs, usual)).toEqual(['+a', '+b', '-a', '-b', '+c', '-c']);
  });

  it('runs one after the other, as listed, where nothing is to be parallel', async () => {
    const jobs = [jobOf('b'), jobOf('c', 1), jobOf('a')];
    const order = { ...usual, parallel: false };
    expect(await courseOf(jobs, order)).toEqual(['+b', '-b', '+a', '-a', '+c', '-c']);
  });

  it('lets jobs of one folder and workspace take turns', async () => {
    const shared = { dir: 'x' };
    const jobs = ['a', 'b'].map((name) => jobOf(name, 0, { project: projectOf({ name, ...shared }) }));
    expect(await courseOf(jobs, usual)).toEqual(['+a', '-a', '+b', '-b']);
  });

  it.each([true, false])('skips later groups after a failure when told to (parallel: %s)', async (parallel) => {
    const jobs = [jobOf('a', 1), jobOf('b', 2), jobOf('c', 3), jobOf('d', 3)];
    const order = { parallel, abortOnFail: true };
    expect(await courseOf(jobs, order, [2])).toEqual(['+a', '-a', '+b', '-b', 'c skipped', 'd skipped']);
  });

  it('goes on after a failure otherwise', async () => {
    expect(await courseOf([jobOf('a', 1), jobOf('b', 2)], usual, [1])).toEqual(['+a', '-a', '+b', '-b']);
  });

  it('counts the failure of a group that an earlier server has run', async () => {
    const jobs = [jobOf('a', 1, { state: 'failed' }), jobOf('b', 2)];
    expect(await courseOf(jobs, { ...usual, abortOnFail: true }, [1])).toEqual(['b skipped']);
  });
});
