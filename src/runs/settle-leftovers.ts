import type { Tx } from '../db/index.ts';
import { isAlive, type ProcessIdentity, processesIn, signalGroup, waitForExit } from '../exec/index.ts';
import { releaseCheckout } from '../git/index.ts';
import { appendLog, closeLog } from '../job-logs/index.ts';
import type { Task } from '../queue/index.ts';
import { changeJob, endJob, type RunScope } from './change-state.ts';
import type { RunDeps } from './deps.ts';
import { type JobNote, jobFiles, readNotes, removeJobFiles } from './job-files.ts';
import { orphanOutput } from './orphan-output.ts';
import { keepState, saveKeptState } from './steps/kept-state.ts';
import { selectJobs } from './store.ts';
import type { Job, JobOutcome } from './types.ts';

export type Leftovers = { readonly task: Task; readonly scope: RunScope; readonly cancelled: AbortSignal };

/**
 * Settles what a server left that died with this run in hand, before anything of the run goes on. Its processes may have
 * outlived it: a plan's is stopped, an apply's is waited for. A job before the point of no return goes back to the
 * queue. An apply past it is never repeated: it ends as interrupted, with what it printed in its log, its state saved
 * and its lock kept.
 */
export async function settleLeftovers(deps: RunDeps, left: Leftovers): Promise<void> {
  const jobs = await selectJobs(deps.db, left.scope.run.id);
  const notes = await Promise.all(jobs.map((job) => readNotes(jobFiles(deps.dataDir, job.id))));
  for (const job of jobs.filter((one) => one.state === 'running')) await requeue(deps, left, job);
  await Promise.all(jobs.filter((one) => one.state === 'applying').map((job) => endInterrupted(deps, left, job)));
  for (const { job: note } of notes) if (note) await releaseCheckout(deps.git, note.checkout);
}

async function requeue(deps: RunDeps, left: Leftovers, job: Job): Promise<void> {
  const files = jobFiles(deps.dataDir, job.id);
  for (const process of await leftProcesses(deps, job)) await stopProcess(deps, process);
  await removeJobFiles(files);
  await deps.db.transaction(async (tx) => {
    await left.task.assertHeld(tx);
    const line = 'polder: the server stopped while this job ran; nothing was applied, and it starts again';
    await appendLog(tx, job.id, { lines: [line], maxBytes: deps.settings.logMaxBytes });
    await changeJob(deps, tx, { ...left.scope, job, change: { state: 'queued' } });
  });
}

async function endInterrupted(deps: RunDeps, left: Leftovers, job: Job): Promise<void> {
  const files = jobFiles(deps.dataDir, job.id);
  const processes = await leftProcesses(deps, job);
  if (processes.length > 0) await noteWaiting(deps, job);
  await Promise.all(processes.map((process) => outlast(process, left.cancelled)));
  const output = await orphanOutput(deps.db, job.id, files.outputPath('apply'));
  const { job: note } = await readNotes(files);
  const state = note ? await leftState(deps, left, { job, note }) : undefined;
  const outcome = interruptedOutcome({ outlived: processes.length > 0, ending: output.ending });
  await deps.db.transaction(async (tx: Tx) => {
    await left.task.assertHeld(tx);
    const lines = [...output.lines, `polder: ${outcome.message}`];
    await appendLog(tx, job.id, { lines, maxBytes: deps.settings.logMaxBytes });
    await saveKeptState(tx, { state, outcome });
    await endJob(deps, tx, { ...left.scope, job, outcome, output: output.text });
    await closeLog(tx, job.id, deps.now());
  });
  await removeJobFiles(files);
}

/** The process that was noted, and whatever else works in the job's checkout: the server may have died before noting. */
async function leftProcesses(deps: RunDeps, job: Job): Promise<ProcessIdentity[]> {
  const { job: note, child } = await readNotes(jobFiles(deps.dataDir, job.id));
  const found = note ? await processesIn(note.projectDir) : [];
  const noted = child && isAlive(child) && !found.some((process) => process.pid === child.pid) ? [child] : [];
  return [...noted, ...found];
}

async function stopProcess(deps: RunDeps, process: ProcessIdentity): Promise<void> {
  signalGroup(process, 'SIGINT');
  const patience = AbortSignal.timeout(deps.settings.killAfterMs);
  if ((await waitForExit(process, patience)) === 'ended') return;
  signalGroup(process, 'SIGKILL');
  await waitForExit(process);
}

/** Waits for an apply's process. A wish to cancel the run is handed on to it, once. */
async function outlast(process: ProcessIdentity, cancelled: AbortSignal): Promise<void> {
  if ((await waitForExit(process, cancelled)) === 'ended') return;
  signalGroup(process, 'SIGINT');
  await waitForExit(process);
}

async function noteWaiting(deps: RunDeps, job: Job): Promise<void> {
  const line = 'polder: the server stopped while this apply ran; its Terraform process goes on and is waited for';
  deps.log.warn({ jobId: job.id }, 'an apply outlived the server that started it; waiting for its end');
  await deps.db.transaction((tx) => appendLog(tx, job.id, { lines: [line], maxBytes: deps.settings.logMaxBytes }));
}

async function leftState(deps: RunDeps, left: Leftovers, found: { job: Job; note: JobNote }) {
  const { statePath } = found.note;
  if (statePath === null) return undefined;
  const state = { kind: 'kept', path: statePath, content: undefined } as const;
  return keepState(deps, { scope: left.scope, job: found.job }, state);
}

function interruptedOutcome(end: {
  outlived: boolean;
  ending: string | null;
}): Extract<JobOutcome, { kind: 'interrupted' }> {
  const what = end.outlived
    ? 'The server stopped while this apply was running; the apply went on without it and has ended.'
    : 'The server stopped while this apply was running, and the apply ended with it.';
  const how = end.ending === null ? 'How far it came is not known.' : `The last it said: ${end.ending}`;
  const next =
    'It is not repeated. The project stays locked: look at what was applied, then delete the lock and plan again.';
  return { kind: 'interrupted', phase: 'apply', message: `${what} ${how} ${next}` };
}
