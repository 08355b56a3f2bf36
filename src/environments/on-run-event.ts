import { lockRow, type Tx } from '../db/index.ts';
import { findJobs, type Job, type JobOutcome, type RunEvent } from '../runs/index.ts';
import { deployedWork } from './deployed-work.ts';
import { findApprovals } from './deployments/approval-store.ts';
import { type HeldDeployment, holdDeployment } from './deployments/change-deployment.ts';
import type { DeploymentEvent } from './deployments/deployment-status.ts';
import { judgeDeployment } from './deployments/judge-deployment.ts';
import { moveDeployment } from './deployments/move-deployment.ts';
import { findDeploymentOfJob, findUnbegun, insertDeployment, nextIid, setCause } from './deployments/store.ts';
import { environmentOfProject } from './environment-of-project.ts';
import type { Deployment } from './types.ts';

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
      return moveWithJob(tx, event, () => 'run');
    case 'job_ended': {
      const { outcome } = event.job;
      if (outcome) await moveWithJob(tx, event, (held) => eventOf(tx, { outcome, event, held }));
      return;
    }
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

type Ended = { readonly outcome: JobOutcome; readonly event: RunEvent; readonly held: HeldDeployment };

/** Null when the deployment stays what it is. */
async function eventOf(tx: Tx, { outcome, event, held }: Ended): Promise<DeploymentEvent | null> {
  switch (outcome.kind) {
    case 'applied':
    // What the project asks for is there already.
    case 'unchanged':
      return 'succeed';
    case 'planned':
    // Of other commands than apply, which never come here.
    case 'done':
      return 'skip';
    case 'refused':
      return eventOfRefusal(tx, event, { held, byRequirement: outcome.refusal.kind === 'requirement' });
    case 'failed':
    case 'interrupted':
      return 'drop';
    case 'cancelled':
      return 'cancel';
  }
}

/**
 * A deployment that waits for approvals, or has them, is not lost to an apply that was refused for another reason: it
 * waits for the next one. One that runs already cannot wait any more.
 */
async function eventOfRefusal(
  tx: Tx,
  { run, repo, now }: RunEvent,
  { held, byRequirement }: { readonly held: HeldDeployment; readonly byRequirement: boolean },
): Promise<DeploymentEvent | null> {
  const { id, status } = held.deployment;
  if (status === 'running') return 'skip';
  if (status === 'blocked' || (await findApprovals(tx, id)).length > 0) return null;
  if (!byRequirement) return 'skip';
  const verdict = await judgeDeployment(tx, { ...held, repo, actor: run.actor, now });
  return verdict.kind === 'approvals_missing' ? 'block' : 'skip';
}

async function openDeployment(tx: Tx, event: RunEvent, job: Job): Promise<void> {
  const { run, repo, now } = event;
  // One at a time for each repo: names, slugs and numbers of deployments are given out once.
  await lockRow(tx, 'repos', repo.id);
  const project = { name: job.project.name, dir: job.project.dir, workspace: job.project.workspace };
  const environmentId = await environmentOfProject(tx, { repoId: repo.id, project, actorId: run.actor.id, now });
  // A merge that was made for a pull request is no commit that anybody else has.
  const sha = run.pull?.mergedInto ? run.pull.headSha : run.commitSha;
  const waiting = await findWaiting(tx, { environmentId, sha, job });
  if (waiting) return setCause(tx, waiting.id, { runId: run.id, jobId: job.id, now });
  await insertDeployment(tx, {
    iid: await nextIid(tx, repo.id),
    repoId: repo.id,
    environmentId,
    status: 'created',
    ref: run.ref.replace(/^refs\/(heads|tags)\//, ''),
    tag: run.refKind === 'tag',
    sha,
    userId: run.actor.id,
    runId: run.id,
    jobId: job.id,
    now,
  });
}

type Place = { readonly environmentId: number; readonly sha: string };

/**
 * The deployment of the commit that waits for approvals, or has them and for somebody to carry it out: its apply was
 * refused, and this one takes its place. Not where it would do something else than what was to be approved.
 */
async function findWaiting(tx: Tx, { job, ...place }: Place & { readonly job: Job }): Promise<Deployment | undefined> {
  const unbegun = await findUnbegun(tx, place);
  const jobs = await findJobs(
    tx,
    unbegun.flatMap(({ jobId }) => jobId ?? []),
  );
  for (const deployment of unbegun) {
    const refused = jobs.get(deployment.jobId ?? 0);
    if (refused?.state !== 'refused') continue;
    const [asked, now] = [await deployedWork(tx, refused), await deployedWork(tx, job)];
    if (asked !== undefined && asked === now) return deployment;
  }
  return undefined;
}

async function moveWithJob(
  tx: Tx,
  event: RunEvent,
  decide: (held: HeldDeployment) => DeploymentEvent | Promise<DeploymentEvent | null>,
): Promise<void> {
  const known = event.job && (await findDeploymentOfJob(tx, event.job.id));
  const held = known && (await holdDeployment(tx, { repo: event.repo, deploymentId: known.id }));
  if (!held) return;
  const by = { actorId: event.run.actor.id, now: event.now };
  const what = await decide(held);
  if (what) await moveDeployment(tx, held.deployment, { what, ...by });
}
