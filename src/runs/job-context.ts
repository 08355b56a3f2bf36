import type { Tx } from '../db/index.ts';
import type { LogWriter } from '../job-logs/index.ts';
import type { Task } from '../queue/index.ts';
import type { RunScope } from './change-state.ts';
import type { RunCheckouts } from './checkouts.ts';
import type { JobFiles } from './job-files.ts';
import type { PoolPlace } from './pool.ts';
import type { Job, JobOutcome } from './types.ts';

/** What a job's steps work with. */
export type JobContext = {
  readonly task: Task;
  readonly scope: RunScope;
  readonly job: Job;
  readonly checkouts: RunCheckouts;
  /** What the pool bounds waits for its turn there. */
  readonly pool: PoolPlace;
  /** Aborts when somebody cancels the run; its reason is their login. */
  readonly cancelled: AbortSignal;
  /** How much of its output is kept as the job's answer. */
  readonly answerMaxBytes: number;
};

/** A job that has begun. */
export type StartedJob = JobContext & { readonly files: JobFiles; readonly writer: LogWriter };

/**
 * How the steps came out. `save` joins the transaction that ends the job, and may run more than once; an outcome that it
 * returns takes the place of `outcome`.
 */
export type StepsResult = {
  readonly outcome: JobOutcome;
  /** The text of the plan or apply. */
  readonly output: string;
  readonly save?: (tx: Tx) => Promise<JobOutcome | undefined>;
};

/** The outcome of a job whose run somebody cancelled. */
export function cancelledOutcome(context: Pick<JobContext, 'cancelled'>): JobOutcome {
  return { kind: 'cancelled', by: String(context.cancelled.reason) };
}
