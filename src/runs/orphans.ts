import { sep } from 'node:path';
import { isAlive, machineId, type ProcessIdentity, processesIn, signalGroup, waitForExit } from '../exec/index.ts';
import { PolderError } from '../lib/errors.ts';
import { dataDirsOn } from '../queue/index.ts';
import type { RunDeps } from './deps.ts';
import { type JobFiles, type JobNote, jobFiles, type Notes, readNotes } from './job-files.ts';
import type { Job } from './types.ts';

/** A job as a dead server left it. */
export type Leftover = {
  readonly job: Job;
  /** Those that the dead server kept of it. */
  readonly files: JobFiles;
  readonly note: JobNote | undefined;
  /** Those that still work for it, if it has not ended. */
  readonly processes: readonly ProcessIdentity[];
};

/** The longest delay a timer of Node takes. */
const longestTimer = 2 ** 31 - 1;

/**
 * Looks for what is left of the jobs of one run: notes, and processes that outlived the server. It may have been another
 * server of this machine, with a data directory of its own.
 */
export async function findLeftovers(deps: Pick<RunDeps, 'db' | 'dataDir'>, jobs: readonly Job[]): Promise<Leftover[]> {
  const isOpen = (job: Job) => job.state === 'running' || job.state === 'applying';
  const dataDirs = jobs.some(isOpen) ? await dataDirsHere(deps) : [deps.dataDir];
  const noted = await Promise.all(
    jobs.map(async (job) => ({ job, ...(await findNotes(isOpen(job) ? dataDirs : [deps.dataDir], job)) })),
  );
  const dirs = noted.flatMap(({ job, note }) => (note && isOpen(job) ? note.projectDir : []));
  return Promise.all(
    noted.map(async ({ job, files, note, child }) => {
      return { job, files, note, processes: isOpen(job) ? await processesOf({ note, child, dirs }) : [] };
    }),
  );
}

/** Our own first. */
async function dataDirsHere({ db, dataDir }: Pick<RunDeps, 'db' | 'dataDir'>): Promise<string[]> {
  return [...new Set([dataDir, ...(await dataDirsOn(db, machineId()))])];
}

async function findNotes(dataDirs: readonly string[], job: Job): Promise<Notes & { readonly files: JobFiles }> {
  const [own, ...others] = await Promise.all(
    dataDirs.map(async (dataDir) => {
      const files = jobFiles(dataDir, job.id);
      return { files, ...(await readNotes(files)) };
    }),
  );
  const known = [own, ...others].find((found) => found?.note ?? found?.child) ?? own;
  if (!known) throw new PolderError('internal', 'a server has a data directory');
  return known;
}

/**
 * The process that was noted, and whatever else works in the job's folder: the server may have died before noting. One
 * in a folder below it that belongs to another job is that job's.
 */
async function processesOf(left: {
  note: JobNote | undefined;
  child: ProcessIdentity | undefined;
  dirs: readonly string[];
}): Promise<ProcessIdentity[]> {
  const { note, child } = left;
  const inside = note ? await processesIn(note.projectDir) : [];
  const below = note ? left.dirs.filter((dir) => dir.startsWith(note.projectDir + sep)) : [];
  const others = new Set((await Promise.all(below.map(processesIn))).flat().map((process) => process.pid));
  const found = inside.filter((process) => !others.has(process.pid));
  const isNew = child && isAlive(child) && !found.some((process) => process.pid === child.pid);
  return isNew ? [child, ...found] : found;
}

/** Asks processes to stop, ends those that do not, and waits for all. */
export async function stopProcesses(processes: readonly ProcessIdentity[], killAfterMs: number): Promise<void> {
  await Promise.all(
    processes.map(async (process) => {
      signalGroup(process, 'SIGINT');
      if ((await waitForExit(process, AbortSignal.timeout(killAfterMs))) === 'ended') return;
      signalGroup(process, 'SIGKILL');
      await waitForExit(process);
    }),
  );
}

/** Why an orphan was asked to stop; null when it ended by itself. */
export type OrphanStop = 'cancelled' | 'timed_out' | null;

/**
 * Waits for the processes of an apply. They have the time that they would have had with their server, and are asked to
 * stop when it is up or the run is cancelled. Throws `task_lost` when `lost` aborts: then somebody else waits for them.
 */
export async function outlast(
  deps: Pick<RunDeps, 'now' | 'settings'>,
  left: Leftover,
  signals: { cancelled: AbortSignal; lost: AbortSignal },
): Promise<OrphanStop> {
  const { engineTimeoutMs, killAfterMs } = deps.settings;
  const leftMs = (left.job.applyingAt ?? deps.now()) + engineTimeoutMs - deps.now();
  const timeIsUp = AbortSignal.timeout(Math.max(0, Math.min(leftMs, longestTimer)));
  const enough = AbortSignal.any([signals.cancelled, signals.lost, timeIsUp]);
  const ends = await Promise.all(left.processes.map((process) => waitForExit(process, enough)));
  if (!ends.includes('aborted')) return null;
  if (signals.lost.aborted) throw new PolderError('task_lost');
  await stopProcesses(left.processes, killAfterMs);
  return signals.cancelled.aborted ? 'cancelled' : 'timed_out';
}
