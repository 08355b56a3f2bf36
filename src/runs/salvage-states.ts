import { processesIn } from '../exec/index.ts';
import { appendLog } from '../job-logs/index.ts';
import { getRepo } from '../repos/index.ts';
import type { RunScope } from './change-state.ts';
import { commandName } from './command-name.ts';
import type { RunDeps } from './deps.ts';
import { type JobNote, jobFiles, readNotes } from './job-files.ts';
import { selectJob } from './job-store.ts';
import { readStateFile, saveStateFile, stateKey } from './steps/kept-state.ts';
import { selectRun } from './store.ts';
import type { Job } from './types.ts';

type SalvageDeps = Pick<RunDeps, 'db' | 'log' | 'now' | 'dataDir' | 'settings'>;

type Busy = Pick<JobNote, 'checkout'> & { readonly jobId: number };

/**
 * Saves the states that changes of an earlier server left here, and that a server of another machine ended as interrupted
 * meanwhile: it could not see them. Gives those in which an engine still works; they are for the next start.
 */
export async function salvageStates(deps: SalvageDeps, jobIds: readonly number[]): Promise<Busy[]> {
  const busy: Busy[] = [];
  for (const jobId of jobIds) {
    const { note } = await readNotes(jobFiles(deps.dataDir, jobId));
    if (!note?.state) continue;
    const owner = await ownerOf(deps, jobId, note);
    if (!owner) continue;
    if ((await processesIn(note.projectDir)).length > 0) busy.push({ jobId, checkout: note.checkout });
    else await salvage(deps, owner, note.state);
  }
  return busy;
}

type Owner = { readonly scope: RunScope; readonly job: Job };

/** Whose note it is; undefined when its state was saved already, or the database does not know of it. */
async function ownerOf(deps: SalvageDeps, jobId: number, note: JobNote): Promise<Owner | undefined> {
  const job = await selectJob(deps.db, jobId);
  const run = job?.state === 'interrupted' ? await selectRun(deps.db, job.runId) : undefined;
  const repo = run && (await getRepo(deps.db, run.repoId));
  // A saved plan may be of another commit than its run.
  const isOfRun = run?.commitSha === note.checkout.sha || job?.planId !== null;
  if (!job || !repo || !isOfRun) return undefined;
  return { scope: { run, repo }, job };
}

async function salvage(deps: SalvageDeps, { scope, job }: Owner, file: NonNullable<JobNote['state']>): Promise<void> {
  const left = await readStateFile(file);
  if (left.kind === 'none') return;
  await deps.db.transaction(async (tx) => {
    const trouble = await saveStateFile(tx, { scope, job }, { left, basedOn: file.basedOn, now: deps.now() });
    const found = `the state that this ${commandName(scope.run.kind)} left was found when its server started again`;
    const lines = [`polder: ${found}; ${trouble ?? 'it is saved'}`];
    await appendLog(tx, job.id, { lines, maxBytes: deps.settings.logMaxBytes });
  });
  deps.log.warn(
    { jobId: job.id, state: stateKey({ scope, job }) },
    'saved the state that an interrupted apply had left',
  );
}
