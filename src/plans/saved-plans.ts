import { createHash } from 'node:crypto';
import type { DbHandle, Tx } from '../db/index.ts';
import {
  clearPlansBefore,
  deletePlanFile,
  deletePlanFilesBefore,
  insertPlan,
  insertPlanFile,
  type LivePlan,
  type PlanRow,
  selectAnyLivePlan,
  selectLivePlans,
  selectPlan,
  selectPlanFile,
  selectPlansOfJob,
  updateShowJson,
} from './store.ts';

/** What a plan was made from. It may be applied only where all of this is still so. */
export type PlanBasis = {
  readonly commitSha: string;
  /** Digest of everything else that decides what a plan says: the project's configuration and the engine. */
  readonly configDigest: string;
};

export type NewPlan = PlanBasis & {
  readonly jobId: number;
  readonly repoId: number;
  readonly dir: string;
  readonly workspace: string;
  readonly projectName: string;
  readonly pullNumber: number | null;
  readonly engine: string;
  readonly engineVersion: string;
  /** The plan file as the engine wrote it. */
  readonly content: Uint8Array;
  /** What `init` chose the providers by (`.terraform.lock.hcl`); null when there was no such file. */
  readonly lockFile: string | null;
  /** Whether the file is kept to be applied; otherwise only its record is. */
  readonly keepFile: boolean;
};

/** The plans of a pull request that can still be applied: all of them, or only those of one project. */
export type PullPlans = {
  readonly repoId: number;
  readonly pullNumber: number;
  readonly project?: { readonly name: string; readonly dir: string; readonly workspace: string };
};

/**
 * Records a plan, and its file where it is to be applied. What a pull request had planned for the project before is
 * discarded with it. Returns the plan's id.
 */
export async function savePlan(tx: Tx, plan: NewPlan, now: number): Promise<number> {
  const { repoId, pullNumber, dir, workspace, projectName: name } = plan;
  if (pullNumber !== null) {
    await discardPlans(tx, { repoId, pullNumber, project: { name, dir, workspace } }, { reason: 'planned again', now });
  }
  const planId = await insertPlan(tx, {
    job_id: plan.jobId,
    repo_id: plan.repoId,
    dir: plan.dir,
    workspace: plan.workspace,
    project_name: plan.projectName,
    pull_number: plan.pullNumber,
    commit_sha: plan.commitSha,
    config_digest: plan.configDigest,
    engine: plan.engine,
    engine_version: plan.engineVersion,
    digest: digestOf(plan.content),
    size: plan.content.length,
    lock_file: plan.lockFile,
    show_json: null,
    created_at: now,
    dropped_at: plan.keepFile ? null : now,
    drop_reason: plan.keepFile ? null : 'planned only',
  });
  if (plan.keepFile) await insertPlanFile(tx, planId, plan.content);
  return planId;
}

export type LoadedPlan =
  | { readonly kind: 'valid'; readonly content: Uint8Array; readonly lockFile: string | null }
  | { readonly kind: 'invalid'; readonly reason: string };

/** The job that made a plan, and the commit that it was made at; undefined when nothing is known of it. */
export async function originOfPlan(
  db: DbHandle,
  planId: number,
): Promise<{ readonly jobId: number; readonly commitSha: string } | undefined> {
  const plan = await selectPlan(db, planId);
  return plan && { jobId: plan.job_id, commitSha: plan.commit_sha };
}

/** The plan's file when it is whole and was made from exactly this basis; otherwise the reason why it is not applied. */
export async function loadPlan(db: DbHandle, planId: number, basis: PlanBasis): Promise<LoadedPlan> {
  const plan = await selectPlan(db, planId);
  const content = await selectPlanFile(db, planId);
  if (!plan || !content) return { kind: 'invalid', reason: `its file is not kept any more${whyDropped(plan)}` };
  const reason = mismatch(plan, content, basis);
  return reason === undefined ? { kind: 'valid', content, lockFile: plan.lock_file } : { kind: 'invalid', reason };
}

/** Lets go of a plan's file; its record stays. One that is gone stays so. */
export async function dropPlan(tx: Tx, planId: number, drop: { reason: string; now: number }): Promise<void> {
  await deletePlanFile(tx, planId, drop);
}

/** The plans of a pull request whose files are kept, oldest first, with the jobs that made them. */
export async function livePlansOfPull(db: DbHandle, pull: PullPlans): Promise<LivePlan[]> {
  return selectLivePlans(db, pull);
}

/** Whether a pull request has plans of this commit and workspace that can still be applied. */
export async function hasLivePlans(
  db: DbHandle,
  place: { repoId: number; pullNumber: number; commitSha: string; workspace: string },
): Promise<boolean> {
  return selectAnyLivePlan(db, place);
}

/** Lets go of the plans of a pull request, or only those of one project; their records stay. Returns how many. */
export async function discardPlans(tx: Tx, pull: PullPlans, discard: { reason: string; now: number }): Promise<number> {
  const plans = await selectLivePlans(tx, pull);
  for (const plan of plans) await deletePlanFile(tx, plan.planId, discard);
  return plans.length;
}

/** Lets go of the files of all plans that a job made; their records stay. */
export async function dropPlansOfJob(tx: Tx, jobId: number, drop: { reason: string; now: number }): Promise<void> {
  for (const planId of await selectPlansOfJob(tx, jobId)) await deletePlanFile(tx, planId, drop);
}

/** The plan as `show -json` told it, when that was asked for before. */
export async function keptPlanJson(db: DbHandle, planId: number): Promise<string | undefined> {
  return (await selectPlan(db, planId))?.show_json ?? undefined;
}

/** Keeps what `show -json` told, so that it is computed once. */
export async function keepPlanJson(db: DbHandle, planId: number, json: string): Promise<void> {
  await updateShowJson(db, planId, json);
}

/**
 * Lets go of the files of plans older than `before`, and of all else that they said; their records stay. At most 100 a
 * call; 0 when there was nothing left to do.
 */
export async function dropOldPlans(tx: Tx, before: number, now: number): Promise<number> {
  const dropped = await deletePlanFilesBefore(tx, before, { limit: 100, reason: 'older than the retention time', now });
  return dropped > 0 ? dropped : clearPlansBefore(tx, before, 100);
}

function whyDropped(plan: PlanRow | undefined): string {
  return plan?.drop_reason ? ` (${plan.drop_reason})` : '';
}

function mismatch(plan: PlanRow, content: Uint8Array, basis: PlanBasis): string | undefined {
  if (digestOf(content) !== plan.digest) return 'its file is not the one that was planned (the digest differs)';
  if (plan.commit_sha !== basis.commitSha) return `it was made at commit ${plan.commit_sha}, not ${basis.commitSha}`;
  if (plan.config_digest !== basis.configDigest) return 'the configuration of the project or the engine changed since';
  return undefined;
}

function digestOf(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
