import type { Tx } from '../db/index.ts';
import { PolderError } from '../lib/errors.ts';
import type { Repo } from '../repos/index.ts';
import { type JobChange, updateJob } from './job-store.ts';
import { endStateOf, jobTransitions, runTransitions } from './state-tables.ts';
import { insertEvent, updateRun } from './store.ts';
import type { Job, JobOutcome, Run, RunEvent, RunEventKind, RunState, RunSubscriber } from './types.ts';

/** Notices on this channel carry the id of a run that has ended, or is to be cancelled. */
export const runChannel = 'runs';

export type ChangeDeps = { readonly now: () => number; readonly subscribers: readonly RunSubscriber[] };

/** The run a change belongs to, and its repo, as subscribers get them. */
export type RunScope = { readonly run: Run; readonly repo: Repo };

/**
 * Moves a job to another state; the change, its event and what subscribers make of it commit together. Throws when the
 * table of states does not allow it, or somebody else has moved the job meanwhile.
 */
export async function changeJob(
  deps: ChangeDeps,
  tx: Tx,
  move: RunScope & { job: Job; change: JobChange },
): Promise<Job> {
  const { job, change } = move;
  if (!jobTransitions[job.state].includes(change.state)) {
    throw new PolderError('internal', `job ${job.id} cannot go from ${job.state} to ${change.state}`);
  }
  const changed = await updateJob(tx, { id: job.id, from: job.state }, change);
  if (!changed) throw new PolderError('internal', `job ${job.id} is not ${job.state} any more`);
  await announce(deps, tx, {
    kind: jobEventOf(change),
    run: move.run,
    repo: move.repo,
    job: changed,
    now: deps.now(),
  });
  return changed;
}

/** Ends a job with its outcome. */
export async function endJob(
  deps: ChangeDeps,
  tx: Tx,
  end: RunScope & { job: Job; outcome: JobOutcome; output: string },
): Promise<Job> {
  const { outcome, output, ...scope } = end;
  const change = { state: endStateOf(outcome), endedAt: deps.now(), outcome, output };
  return changeJob(deps, tx, { ...scope, change });
}

/** Moves a run to another state, with its event. */
export async function changeRun(deps: ChangeDeps, tx: Tx, move: RunScope & { state: RunState }): Promise<Run> {
  const { run, state } = move;
  if (!runTransitions[run.state].includes(state)) {
    throw new PolderError('internal', `run ${run.id} cannot go from ${run.state} to ${state}`);
  }
  const now = deps.now();
  const times = state === 'running' ? { started_at: now } : { ended_at: now };
  const changed = await updateRun(tx, { id: run.id, from: run.state }, { state, ...times });
  if (!changed) throw new PolderError('internal', `run ${run.id} is not ${run.state} any more`);
  const after: Run = state === 'running' ? { ...run, state, startedAt: now } : { ...run, state, endedAt: now };
  const kind = state === 'running' ? 'run_started' : 'run_ended';
  await announce(deps, tx, { kind, run: after, repo: move.repo, job: null, now });
  return after;
}

/** Records an event, tells the subscribers, and wakes those who wait for the end of the run or a wish to cancel it. */
export async function announce(deps: ChangeDeps, tx: Tx, event: RunEvent): Promise<void> {
  const data = event.job ? { state: event.job.state } : { state: event.run.state };
  await insertEvent(tx, {
    runId: event.run.id,
    jobId: event.job?.id ?? null,
    kind: event.kind,
    data,
    now: event.now,
  });
  for (const subscriber of deps.subscribers) await subscriber(tx, event);
  if (event.kind === 'run_ended' || event.kind === 'run_cancelling') await tx.notify(runChannel, String(event.run.id));
}

function jobEventOf(change: JobChange): RunEventKind {
  if (change.state === 'queued') return 'job_restarted';
  if (change.state === 'running') return 'job_started';
  return change.state === 'applying' ? 'job_applying' : 'job_ended';
}
