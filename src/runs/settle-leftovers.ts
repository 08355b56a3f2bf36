import { sep } from 'node:path';
import type { Tx } from '../db/index.ts';
import { releaseCheckout } from '../git/index.ts';
import { appendLog } from '../job-logs/index.ts';
import { allEnded } from '../lib/all-ended.ts';
import { dropPlansOfJob } from '../plans/index.ts';
import type { Task } from '../queue/index.ts';
import { changeJob, type RunScope } from './change-state.ts';
import { changingCommand, commandName } from './command-name.ts';
import type { RunDeps } from './deps.ts';
import { endInBooks } from './end-in-books.ts';
import { interruptedOutcome } from './interrupted-outcome.ts';
import { type JobFiles, jobsDir, removeJobFiles } from './job-files.ts';
import { needsLock } from './job-lock.ts';
import { jobLogWriter } from './job-log-writer.ts';
import { selectJobs } from './job-store.ts';
import { followOrphan } from './orphan-output.ts';
import { findLeftovers, type Leftover, outlast, stopProcesses } from './orphans.ts';
import { isEnd } from './state-tables.ts';
import { readStateFile, saveStateFile } from './steps/kept-state.ts';

type Settling = { readonly task: Task; readonly scope: RunScope; readonly cancelled: AbortSignal };

/**
 * Settles what a server left that died with this run in hand, before anything of the run goes on. Its processes may have
 * outlived it: a plan's is stopped, an apply's is waited for. A job before the point of no return goes back to the
 * queue. An apply past it is never repeated: it ends as interrupted, with what it printed in its log, its state saved
 * and its lock kept.
 */
export async function settleLeftovers(deps: RunDeps, settling: Settling): Promise<void> {
  const jobs = await selectJobs(deps.db, settling.scope.run.id);
  const leftovers = await findLeftovers(deps, jobs);
  await allEnded(leftovers.map((left) => settle(deps, settling, left)));
  for (const { note, files } of leftovers) {
    // Those of another server are its own to clean, at its next start.
    if (note && isOwn(deps, files)) await releaseCheckout(deps.git, note.checkout);
  }
}

function isOwn({ dataDir }: RunDeps, files: JobFiles): boolean {
  return files.dir.startsWith(jobsDir(dataDir) + sep);
}

async function settle(deps: RunDeps, settling: Settling, left: Leftover): Promise<void> {
  const { job } = left;
  if (job.state === 'running') return requeue(deps, settling, left);
  if (job.state === 'applying') return endInterrupted(deps, settling, left);
  // The server died between the end of the job and that of its files.
  if (isEnd(job.state)) removeJobFiles(left.files);
}

async function requeue(deps: RunDeps, settling: Settling, { job, files, processes }: Leftover): Promise<void> {
  await stopProcesses(processes, deps.settings.killAfterMs);
  removeJobFiles(files);
  await deps.db.transaction(async (tx) => {
    await settling.task.assertHeld(tx);
    const line = 'polder: the server stopped while this job ran; nothing was applied, and it starts again';
    await appendLog(tx, job.id, { lines: [line], maxBytes: deps.settings.logMaxBytes });
    await dropPlansOfJob(tx, job.id, { reason: 'the server stopped before it was applied', now: deps.now() });
    await changeJob(deps, tx, { ...settling.scope, job, change: { state: 'queued' } });
  });
}

async function endInterrupted(deps: RunDeps, settling: Settling, left: Leftover): Promise<void> {
  const { job, files, note, processes } = left;
  const { task, scope } = settling;
  const command = changingCommand(scope.run);
  const writer = jobLogWriter(deps, task, job.id);
  const outlived = processes.length > 0;
  if (outlived) {
    const name = commandName(command);
    deps.log.warn({ jobId: job.id }, `an ${name} outlived the server that started it; waiting for its end`);
    writer.line(`polder: the server stopped while this ${name} ran; its Terraform process goes on and is waited for`);
  }
  const ended = outlast(deps, left, { cancelled: settling.cancelled, lost: task.signal });
  const output = await followOrphan(deps.db, {
    jobId: job.id,
    path: files.outputPath(command),
    maxBytes: deps.settings.logMaxBytes,
    ended,
    writer,
  });
  const stop = await ended;
  const state = note?.state ? { ...note.state, left: await readStateFile(note.state), now: deps.now() } : undefined;
  const flush = await writer.end();
  await deps.db.transaction(async (tx: Tx) => {
    await task.assertHeld(tx);
    await flush(tx);
    const trouble = state && (await saveStateFile(tx, { scope, job }, state));
    const keepsLock = needsLock(deps.settings, { scope, job });
    const known = note ? outlived : null;
    const interruption = { outlived: known, stop, ending: output.ending, trouble, keepsLock };
    const outcome = interruptedOutcome(command, interruption);
    const lines = [`polder: ${outcome.message}`];
    await appendLog(tx, job.id, { lines, maxBytes: deps.settings.logMaxBytes });
    await endInBooks(deps, tx, { scope, job, outcome, output: output.text });
  });
  removeJobFiles(files);
}
