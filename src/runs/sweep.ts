import { readdir, rm } from 'node:fs/promises';
import { cleanCheckouts, tidyMirror } from '../git/index.ts';
import { deleteOldLogs } from '../job-logs/index.ts';
import { errorText } from '../lib/errors.ts';
import { dropOldPlans } from '../plans/index.ts';
import type { RunDeps } from './deps.ts';
import { jobFiles, jobsDir, readNotes } from './job-files.ts';
import { clearOutputsBefore, selectOpenJobIds } from './job-store.ts';
import { keptOwners } from './kept-checkouts.ts';
import { salvageStates } from './salvage-states.ts';
import { selectReposRunSince } from './store.ts';

const jobsPerTurn = 100;

type CleaningDeps = Pick<RunDeps, 'db' | 'git' | 'dataDir' | 'log' | 'now' | 'settings'>;

/**
 * For the start of a server, before any run is executed: removes the files that earlier ones left and no open run
 * needs, nor any plan of a pull request; what an interrupted change left in its state is saved first. A checkout that no job has noted was never worked in.
 */
export async function cleanAfterCrash(deps: CleaningDeps): Promise<void> {
  const open = new Set(await selectOpenJobIds(deps.db));
  const here = (await readdir(jobsDir(deps.dataDir)).catch(() => [])).map(Number);
  const ended = here.filter((id) => !open.has(id));
  const busy = await salvageStates(deps, ended);
  const notes = await Promise.all([...open].map((id) => readNotes(jobFiles(deps.dataDir, id))));
  const inUse = new Set([...busy, ...notes.flatMap(({ note }) => note ?? [])].map(({ checkout }) => checkout.owner));
  const kept = await keptOwners(deps, inUse);
  await cleanCheckouts(deps.git, (owner) => inUse.has(owner) || kept.has(owner));
  const needed = new Set(busy.map(({ jobId }) => jobId));
  for (const id of ended) {
    if (!needed.has(id)) await rm(jobFiles(deps.dataDir, id).dir, { recursive: true, force: true });
  }
}

/** Lets go of logs, answers and plan files older than `before`, in small transactions. The records of runs stay. */
export async function sweepOld(deps: Pick<RunDeps, 'db' | 'now'>, before: number): Promise<void> {
  const turns = [
    () => deps.db.transaction((tx) => deleteOldLogs(tx, before, jobsPerTurn)),
    () => deps.db.transaction((tx) => clearOutputsBefore(tx, before, jobsPerTurn)),
    () => deps.db.transaction((tx) => dropOldPlans(tx, before, deps.now())),
  ];
  for (const turn of turns) while ((await turn()) > 0);
}

/**
 * Packs the mirrors of the repos that had runs since `since`: fetches leave them in many small pieces. One that cannot be
 * packed keeps none of the others from it.
 */
export async function tidyMirrors(deps: Pick<RunDeps, 'db' | 'git' | 'log'>, since: number): Promise<void> {
  for (const repoId of await selectReposRunSince(deps.db, since)) {
    try {
      await tidyMirror(deps.git, repoId);
    } catch (error) {
      deps.log.warn({ repoId, reason: errorText(error) }, 'packing a mirror did not work');
    }
  }
}
