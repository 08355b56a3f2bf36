import { allEnded } from '../lib/all-ended.ts';
import type { Job, RunOrder } from './types.ts';

export type JobWork = {
  execute(job: Job): Promise<void>;
  /** Whether something of this group, or of one before it, has ended without success. */
  hasFailed(group: number): Promise<boolean>;
  /** Ends a job that is not to be run, since an earlier group has failed. */
  skip(job: Job): Promise<void>;
};

/** The jobs that wait, group after group. */
export async function executeJobs(jobs: readonly Job[], order: RunOrder, work: JobWork): Promise<void> {
  const groupOf = (job: Job) => job.project.executionOrderGroup;
  const groups = [...new Set(jobs.map(groupOf))].sort((a, b) => a - b);
  let mayGoOn = true;
  for (const group of groups) {
    const waiting = jobs.filter((job) => job.state === 'queued' && groupOf(job) === group);
    if (!mayGoOn) for (const job of waiting) await work.skip(job);
    else if (order.parallel) await sideBySide(waiting, work.execute);
    else await oneByOne(waiting, work.execute);
    mayGoOn &&= !(order.abortOnFail && group !== groups.at(-1) && (await work.hasFailed(group)));
  }
}

/** As many at once as there is room for. Jobs of the same folder and workspace share files, so they take turns. */
async function sideBySide(jobs: readonly Job[], execute: JobWork['execute']): Promise<void> {
  const turns = new Map<string, Promise<void>>();
  const started = jobs.map((job) => {
    const place = `${job.project.workspace}\0${job.project.dir}`;
    const turn = (turns.get(place) ?? Promise.resolve()).then(() => execute(job));
    turns.set(place, turn);
    return turn;
  });
  await allEnded(started);
}

async function oneByOne(jobs: readonly Job[], execute: JobWork['execute']): Promise<void> {
  for (const job of jobs) await execute(job);
}
