import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cleanCheckouts } from '../git/index.ts';
import { deleteOldLogs } from '../job-logs/index.ts';
import { dropOldPlans } from '../plans/index.ts';
import { checkoutOwner } from './checkouts.ts';
import type { RunDeps } from './deps.ts';
import { selectOpenJobIds, selectOpenRunIds } from './store.ts';

const jobsPerTurn = 100;

/**
 * For the start of a server, before any run is executed: removes the files that earlier ones left and no open run needs.
 */
export async function cleanAfterCrash(deps: Pick<RunDeps, 'db' | 'git' | 'dataDir'>): Promise<void> {
  const owners = new Set((await selectOpenRunIds(deps.db)).map(checkoutOwner));
  await cleanCheckouts(deps.git, (owner) => owners.has(owner));
  const jobs = new Set((await selectOpenJobIds(deps.db)).map(String));
  const folder = join(deps.dataDir, 'jobs');
  for (const name of await readdir(folder).catch(() => [])) {
    if (!jobs.has(name)) await rm(join(folder, name), { recursive: true, force: true });
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
