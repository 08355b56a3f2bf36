import type { ProjectStatus } from '../comments/index.ts';
import { lockRow, type Tx } from '../db/index.ts';
import { discardPlans } from '../plans/index.ts';
import { enqueue } from '../queue/index.ts';
import { getRun, type Job, type Run, type RunEvent } from '../runs/index.ts';
import { selectCommand, setRun } from './command-store.ts';
import { isUntargeted } from './command-target.ts';
import {
  deleteProject,
  deleteProjects,
  insertProject,
  selectProjects,
  setPlanned,
  upsertProject,
  upsertPull,
} from './pull-store.ts';
import { releaseUntouched } from './release-untouched.ts';
import { statusAfter } from './status-after.ts';
import { apiRunTask } from './tasks.ts';
import type { PullRecord } from './types.ts';

/** Notices on this channel carry the id of a run of a pull request, one of whose jobs has moved. */
export const progressChannel = 'pull_runs';

/**
 * Keeps the record of a pull request in step with its runs: which run carries out which command, and where each project
 * stands. Called inside the transaction of each change, so that neither commits without the other.
 */
export async function onRunEvent(tx: Tx, event: RunEvent): Promise<void> {
  const { run, job } = event;
  if (run.pull === null) return;
  if (event.kind === 'run_queued') return beginRecord(tx, event);
  if (event.kind === 'job_ended' && job) await recordEnd(tx, event, job);
  if (event.kind === 'run_ended' && run.trigger.kind !== 'pull') {
    await enqueue(tx, { kind: apiRunTask, payload: { runId: run.id } }, event.now);
  }
  if (job || event.kind === 'run_ended') await tx.notify(progressChannel, String(run.id));
}

/** What was recorded of another commit or base says nothing about this one. */
async function beginRecord(tx: Tx, event: RunEvent): Promise<void> {
  const { run, repo, now } = event;
  const { pull } = run;
  if (!pull) return;
  const { headSha, baseBranch } = pull;
  const isRecorded = run.kind !== 'version' && run.kind !== 'apply' && !pull.isAside;
  const known = isRecorded ? await upsertPull(tx, repo, { number: pull.number, seen: null, now }) : undefined;
  // Before its command's row, as where deliveries come in: else the two could wait for each other.
  if (known) await lockRow(tx, 'pulls', known.id);
  if (run.trigger.kind === 'pull') await setRun(tx, run.trigger.commandId, { runId: run.id, headSha, baseBranch });
  if (!known) return;
  if (!isAbout(known, pull)) {
    await deleteProjects(tx, known.id);
    await setPlanned(tx, known.id, { headSha, baseBranch });
  }
  if (await isWhole(tx, run)) await forgetEarlier(tx, event, known);
}

function isAbout({ planned }: PullRecord, pull: { readonly headSha: string; readonly baseBranch: string }): boolean {
  return planned?.headSha === pull.headSha && planned.baseBranch === pull.baseBranch;
}

/** Whether a run plans all of what the pull request touches. */
async function isWhole(tx: Tx, { kind, trigger }: Run): Promise<boolean> {
  if (kind !== 'plan' || trigger.kind !== 'pull') return false;
  const work = (await selectCommand(tx, trigger.commandId))?.work;
  if (work?.kind !== 'comment') return true;
  return work.command.kind === 'plan' && isUntargeted(work.command.selection);
}

/**
 * No plan of before may be applied any more; what is not touched any more is free for others, and forgotten where nothing
 * was applied.
 */
async function forgetEarlier(tx: Tx, event: RunEvent, pull: PullRecord): Promise<void> {
  const { run, repo, now } = event;
  const of = { repoId: repo.id, pullNumber: pull.number };
  await discardPlans(tx, of, { reason: 'planned again', now });
  const jobs = (await getRun(tx, run.id))?.jobs ?? [];
  const isTouched = (lock: Parameters<typeof isOf>[1]) => jobs.some((job) => isOf(job, lock));
  await releaseUntouched(tx, of, { actor: run.actor, now, isTouched });
  for (const project of await selectProjects(tx, pull.id)) {
    if (project.status === 'applied') continue;
    if (jobs.some((job) => isOf(job, project))) {
      await upsertProject(tx, pull.id, { ...project, status: 'plan_discarded', now });
    } else if (project.status !== 'apply_errored') await deleteProject(tx, pull.id, project);
  }
}

function isOf(
  { project }: Job,
  other: { readonly dir: string; readonly workspace: string; readonly projectName: string },
): boolean {
  return project.dir === other.dir && project.workspace === other.workspace && project.name === other.projectName;
}

async function recordEnd(tx: Tx, { run, repo, now }: RunEvent, job: Job): Promise<void> {
  if (!run.pull || run.pull.isAside || !job.outcome) return;
  const status: ProjectStatus | null = statusAfter(run.kind, job.outcome);
  if (status === null && run.kind !== 'plan') return;
  const pull = await upsertPull(tx, repo, { number: run.pull.number, seen: null, now });
  // A run that was left behind says nothing about the commit that the record is about now.
  if (!isAbout(pull, run.pull)) return;
  const { dir, workspace, name: projectName } = job.project;
  const project = { dir, workspace, projectName, position: job.position, now };
  if (status !== null) return upsertProject(tx, pull.id, { ...project, status, jobId: job.id });
  // Left out of the plan: the pull request touches it nevertheless, and is not applied as long as this is not.
  await insertProject(tx, pull.id, { ...project, status: 'plan_discarded', jobId: null });
}
