import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cleanCheckouts, tidyMirror } from '../git/index.ts';
import { deleteOldLogs } from '../job-logs/index.ts';
import { dropOldPlans } from '../plans/index.ts';
import type { RunDeps } from './deps.ts';
import { jobFiles, jobsDir, readNotes } from './job-files.ts';
import { selectOpenJobIds } from './job-store.ts';
import { keptOwners } from './kept-checkouts.ts';
import { selectReposRunSince } from './store.ts';

const jobsPerTurn = 100;

/**
 * For the start of a server, before any run is executed: removes the files that earlier ones left and no open run
 * needs, nor any plan of a pull request. A checkout that no job has noted was never worked in.
 */
export async function cleanAfterCrash(deps: Pick<RunDeps, 'db' | 'git' | 'dataDir'>): Promise<void> {
  const jobs = await selectOpenJobIds(deps.db);
  const notes = await Promise.all(jobs.map((id) => readNotes(jobFiles(deps.dataDir, id))));
  const inUse = new Set(notes.flatMap(({ note }) => note?.checkout.owner ?? []));
  const kept = await keptOwners(deps, inUse);
  await cleanCheckouts(deps.git, (owner) => inUse.has(owner) || kept.has(owner));
  const names = new Set(jobs.map(String));
  for (const name of await readdir(jobsDir(deps.dataDir)).catch(() => [])) {
    if (!names.has(name)) await rm(join(jobsDir(deps.dataDir), name), { recursive: true, force: true });
  }
}

/** Lets go of logs and plan files older than `before`, in small transactions. The records of runs stay. */
export async function sweepOld(deps: Pick<RunDeps, 'db' | 'now'>, before: number): Promise<void> {
  const turns = [
    () => deps.db.transaction((tx) => deleteOldLogs(tx, before, jobsPerTurn)),
    () => deps.db.transaction((tx) => dropOldPlans(tx, before, deps.now())),
  ];
  for (const turn of turns) while ((await turn()) > 0);
}

/** Packs the mirrors of the repos that had runs since `since`: fetches leave them in many small pieces. */
export async function tidyMirrors(deps: Pick<RunDeps, 'db' | 'git'>, since: number): Promise<void> {
  for (const repoId of await selectReposRunSince(deps.db, since)) await tidyMirror(deps.git, repoId);
}
