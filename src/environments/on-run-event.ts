import { lockRow, type Tx } from '../db/index.ts';
import type { Job, JobOutcome, RunEvent } from '../runs/index.ts';
import { type DeploymentEvent, isFinished, nextStatus } from './deployments/deployment-status.ts';
import { findDeploymentOfJob, findDeployments, insertDeployment, nextIid, setStatus } from './deployments/store.ts';
import { environmentOfProject } from './environment-of-project.ts';
import { markDeployed } from './mark-deployed.ts';

/**
 * Keeps environments and deployments in step with applies. Called inside the transaction of each change of a run or
 * job, so that neither commits without the other. Plans change nothing here.
 *
 * The environment is there from the moment the apply is accepted, since its deployment needs one: an apply that is
 * refused or fails leaves an environment without a last deployment.
 */
export async function onRunEvent(tx: Tx, event: RunEvent): Promise<void> {
  if (event.run.command.kind !== 'apply' || !event.job) return;
  switch (event.kind) {
    case 'job_queued':
      return openDeployment(tx, event, event.job);
    case 'job_started':
      return moveDeployment(tx, event, 'run');
    case 'job_ended':
      if (event.job.outcome) await moveDeployment(tx, event, eventOf(event.job.outcome));
      return;
    // A job that runs again after a crash goes on with the deployment it has.
    case 'job_restarted':
    case 'job_applying':
    case 'run_queued':
    case 'run_started':
    case 'run_cancelling':
    case 'run_ended':
      return;
  }
}

function eventOf(outcome: JobOutcome): DeploymentEvent {
  switch (outcome.kind) {
    case 'applied':
    // What the project asks for is there already.
    case 'unchanged':
      return 'succeed';
    case 'planned':
    case 'refused':
      return 'skip';
    case 'failed':
    case 'interrupted':
      return 'drop';
    case 'cancelled':
      return 'cancel';
  }
}

async function openDeployment(tx: Tx, event: RunEvent, job: Job): Promise<void> {
  const { run, repo, now } = event;
  // One at a time for each repo: names, slugs and numbers of deployments are given out once.
  await lockRow(tx, 'repos', repo.id);
  const project = { name: job.project.name, dir: job.project.dir, workspace: job.project.workspace };
  const environmentId = await environmentOfProject(tx, { repoId: repo.id, project, actorId: run.actor.id, now });
  await insertDeployment(tx, {
    iid: await nextIid(tx, repo.id),
    repoId: repo.id,
    environmentId,
    status: 'created',
    ref: run.ref.replace(/^refs\/(heads|tags)\//, ''),
    tag: run.ref.startsWith('refs/tags/'),
    sha: run.commitSha,
    userId: run.actor.id,
    runId: run.id,
    jobId: job.id,
    now,
  });
}

async function moveDeployment(tx: Tx, event: RunEvent, what: DeploymentEvent): Promise<void> {
  const known = event.job && (await findDeploymentOfJob(tx, event.job.id));
  if (!known) return;
  await lockRow(tx, 'environments', known.environmentId);
  const deployment = (await findDeployments(tx, [known.id])).get(known.id);
  const status = deployment && nextStatus(what, deployment.status);
  if (!deployment || !status) return;
  const finishedAt = isFinished(status) ? event.now : null;
  await setStatus(tx, deployment.id, { status, finishedAt, now: event.now });
  if (status !== 'success') return;
  const by = { actorId: event.run.actor.id, now: event.now };
  await markDeployed(tx, { ...deployment, finishedAt: event.now }, by);
}
