import type { Tx } from '../db/index.ts';
import { errorText, isPolderError, PolderError } from '../lib/errors.ts';
import { changeJob } from './change-state.ts';
import type { RunDeps } from './deps.ts';
import { endInBooks } from './end-in-books.ts';
import { failedOutcome } from './failed-outcome.ts';
import { cancelledOutcome, type JobContext, type StartedJob, type StepsResult } from './job-context.ts';
import { jobFiles, makeJobFiles, removeJobFiles } from './job-files.ts';
import { lockForJob } from './job-lock.ts';
import { jobLogWriter } from './job-log-writer.ts';
import { selectJob } from './job-store.ts';
import { refusalBefore } from './requirements.ts';
import { applySteps } from './steps/apply.ts';
import type { Place } from './steps/engine-step.ts';
import { choosePlace } from './steps/place.ts';
import { planSteps } from './steps/plan.ts';
import { savedPlanSteps } from './steps/saved-plan.ts';
import { stateCommandSteps } from './steps/state-command.ts';
import { versionStep } from './steps/version.ts';
import type { Job, JobOutcome } from './types.ts';
import { withPatience } from './with-patience.ts';

/**
 * Brings one job from the queue to its end: lock, requirements, steps, outcome. Never throws for what goes wrong in the
 * project; throws when the database is away before anything is changed, or the run was lost to another server.
 */
export async function executeJob(deps: RunDeps, context: JobContext): Promise<void> {
  const hindrance = await hindranceBefore(deps, context);
  if (hindrance) return endUnstarted(deps, context, hindrance);
  openEarly(context);
  const begun = await startJob(deps, context);
  if (!begun) return;
  const files = jobFiles(deps.dataDir, begun.job.id);
  const started: StartedJob = { ...begun, files, writer: jobLogWriter(deps, begun.task, begun.job.id) };
  const result = await runSteps(deps, started);
  await finishJob(deps, started, result);
}

/** How the job ends without having begun; undefined when nothing is in its way. */
async function hindranceBefore(deps: RunDeps, context: JobContext): Promise<JobOutcome | undefined> {
  if (context.cancelled.aborted) return cancelledOutcome(context);
  try {
    const refusal = await refusalBefore(deps, context);
    return refusal && { kind: 'refused', refusal };
  } catch (error) {
    // Says nothing of the project: the queue runs it again.
    if (isPolderError(error, 'database_unavailable')) throw error;
    if (context.task.signal.aborted) throw new PolderError('task_lost');
    if (context.cancelled.aborted) return cancelledOutcome(context);
    deps.log.error({ jobId: context.job.id, err: error }, 'asking whether a job may begin went wrong');
    return failedOutcome(error);
  }
}

/** A plan's checkout is made while its beginning is written down. Whoever needs it hears what goes wrong. */
function openEarly({ scope, job, checkouts }: JobContext): void {
  if (scope.run.kind === 'plan') checkouts.get(job.project.workspace).catch(() => undefined);
}

/** Lock and state `running` in one transaction. Undefined when the job ended at once, because others hold the lock. */
async function startJob(deps: RunDeps, context: JobContext): Promise<JobContext | undefined> {
  return deps.db.transaction(async (tx) => {
    await context.task.assertHeld(tx);
    const refusal = await lockForJob(deps, tx, context);
    if (refusal) {
      await endInBooks(deps, tx, { ...context, outcome: { kind: 'refused', refusal }, output: '' });
      return undefined;
    }
    const change = { state: 'running', startedAt: deps.now() } as const;
    return { ...context, job: await changeJob(deps, tx, { ...context.scope, job: context.job, change }) };
  });
}

async function runSteps(deps: RunDeps, started: StartedJob): Promise<StepsResult> {
  try {
    makeJobFiles(started.files);
    const chosen = await choosePlace(deps, started);
    if (chosen.kind === 'ended') return chosen.result;
    return await started.pool.turn(() => runEngines(deps, started, chosen.place));
  } catch (error) {
    if (started.task.signal.aborted || isPolderError(error, 'task_lost')) throw error;
    if (isPolderError(error, 'database_unavailable')) {
      // Says nothing of the project, and nothing of it has been changed yet: the queue runs it again.
      await started.writer.end();
      throw error;
    }
    if (!isPolderError(error)) deps.log.error({ jobId: started.job.id, err: error }, 'a job went wrong');
    // What is interrupted half-way may call that an error.
    const outcome = started.cancelled.aborted ? cancelledOutcome(started) : failedOutcome(error);
    return { outcome, output: '' };
  }
}

async function runEngines(deps: RunDeps, started: StartedJob, place: Place): Promise<StepsResult> {
  const { command } = started.scope.run;
  switch (command.kind) {
    case 'plan':
    case 'apply':
      return planAndApply(deps, started, place);
    case 'import':
    case 'state_rm':
      return stateCommandSteps(deps, started, { place, command });
    case 'version':
      return versionStep(deps, started, place);
  }
}

async function planAndApply(deps: RunDeps, started: StartedJob, place: Place): Promise<StepsResult> {
  const { planId } = started.job;
  const planned = await (planId === null
    ? planSteps(deps, started, place)
    : savedPlanSteps(deps, started, { place, planId }));
  return planned.kind === 'ended' ? planned.result : applySteps(deps, started, planned.plan);
}

async function finishJob(deps: RunDeps, started: StartedJob, result: StepsResult): Promise<void> {
  const { outcome } = result;
  if (outcome.kind === 'failed') started.writer.line(`polder: ${outcome.message}`);
  if (outcome.kind === 'refused') started.writer.line(`polder: ${outcome.refusal.message}`);
  if (outcome.kind === 'cancelled') started.writer.line(`polder: cancelled by ${outcome.by}`);
  const flush = await started.writer.end();
  const finish = async (tx: Tx) => {
    await started.task.assertHeld(tx);
    await flush(tx);
    const saved = (await result.save?.(tx)) ?? outcome;
    const job = await currentJob(tx, started);
    await endInBooks(deps, tx, { ...started, job, outcome: saved, output: result.output });
  };
  const written = withPatience(() => deps.db.transaction(finish), {
    signal: started.task.signal,
    onFault: (error) =>
      deps.log.error({ jobId: started.job.id, reason: errorText(error) }, 'the end of a job could not be written yet'),
  });
  // The beginning of the next one shares the wait for the disk with this end, whose lock it finds given back.
  if (deps.db.engine.ordersTransactions) started.pool.leave();
  await written;
  removeJobFiles(started.files);
}

/** The job as it is now: what changes something has moved on since it started. */
async function currentJob(tx: Tx, started: StartedJob): Promise<Job> {
  if (started.scope.run.kind === 'plan') return started.job;
  const job = await selectJob(tx, started.job.id);
  if (!job) throw new PolderError('internal', `job ${started.job.id} is gone`);
  return job;
}

async function endUnstarted(deps: RunDeps, context: JobContext, outcome: JobOutcome): Promise<void> {
  await deps.db.transaction(async (tx) => {
    await context.task.assertHeld(tx);
    await endInBooks(deps, tx, { ...context, outcome, output: '' });
  });
}
