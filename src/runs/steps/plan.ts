import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Tx } from '../../db/index.ts';
import { type NewPlan, type PlanBasis, savePlan } from '../../plans/index.ts';
import { planArgs, planOutput, planSummary } from '../../terraform/index.ts';
import type { RunDeps } from '../deps.ts';
import type { StartedJob, StepsResult } from '../job-context.ts';
import type { JobOutcome } from '../types.ts';
import { engineFailed, engineStep, type Place } from './engine-step.ts';
import { readLockFile } from './init.ts';
import type { KeptState } from './kept-state.ts';
import { readyPlace } from './ready-place.ts';

/** A plan that is to be applied, and where. */
export type PlannedJob = {
  readonly planId: number;
  readonly basis: PlanBasis;
  readonly place: Place;
  readonly state: KeptState;
};

export type PlanSteps =
  | { readonly kind: 'ended'; readonly result: StepsResult }
  | { readonly kind: 'planned'; readonly plan: PlannedJob };

/** `plan -detailed-exitcode` ends with this when there is something to do. */
const changesCode = 2;

/**
 * init and plan. For a plan run the job ends here; for an apply the plan is kept, durably, and goes on to be applied.
 */
export async function planSteps(deps: RunDeps, started: StartedJob, place: Place): Promise<PlanSteps> {
  const signal = AbortSignal.any([started.cancelled, started.task.signal]);
  const ready = await readyPlace(deps, started, { place, signal });
  if (ready.kind === 'ended') return ready;
  const { extraArgs } = started.scope.run.command;
  const varFile = workspaceVarFile(place, started.job.project.workspace);
  const planned = planArgs({ planFile: started.files.planPath, extraArgs, varFile });
  if (planned.kind === 'refused') return failedPlan(planned.message);
  const { args } = planned;
  const end = await engineStep(deps, started, { name: 'plan', place, args, signal });
  if (end.kind === 'stopped') return { kind: 'ended', result: end.result };
  if (end.code !== 0 && end.code !== changesCode) {
    return { kind: 'ended', result: engineFailed(started, { place, args }, end) };
  }
  return keepPlan(deps, started, { place, state: ready.state, text: end.text, changes: end.code === changesCode });
}

type Planned = { place: Place; state: KeptState; text: string; changes: boolean };

async function keepPlan(deps: RunDeps, started: StartedJob, planned: Planned): Promise<PlanSteps> {
  const content = readPlanFile(started.files.planPath);
  if (content === undefined) return failedPlan('no plan was made', planned.text);
  const basis = planBasis(started, planned.place);
  const plan = { ...newPlan(started, planned.place, content), ...basis };
  const save = (tx: Tx) => savePlan(tx, plan, deps.now());
  if (started.scope.run.kind === 'apply') {
    const planId = await deps.db.transaction(async (tx) => {
      await started.task.assertHeld(tx);
      return save(tx);
    });
    return { kind: 'planned', plan: { planId, basis, place: planned.place, state: planned.state } };
  }
  const summary = planSummary(planned.text);
  const outcomeOf = (planId: number): JobOutcome =>
    planned.changes ? { kind: 'planned', summary, planId } : { kind: 'unchanged', planId };
  const result = {
    outcome: outcomeOf(0),
    output: planOutput(planned.text),
    save: async (tx: Tx) => outcomeOf(await save(tx)),
  };
  return { kind: 'ended', result };
}

function failedPlan(message: string, output = ''): PlanSteps {
  return { kind: 'ended', result: { outcome: { kind: 'failed', code: 'engine_failed', message }, output } };
}

/** Undefined when the engine ended well and wrote none: it was asked for its help. */
function readPlanFile(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function newPlan(started: StartedJob, place: Place, content: Uint8Array): Omit<NewPlan, keyof PlanBasis> {
  const { run, repo } = started.scope;
  const { project } = started.job;
  return {
    jobId: started.job.id,
    repoId: repo.id,
    dir: project.dir,
    workspace: project.workspace,
    projectName: project.name,
    pullNumber: run.pullNumber,
    engine: place.engine.distribution,
    engineVersion: place.engine.version,
    content,
    lockFile: readLockFile(place.projectDir),
    keepFile: run.kind === 'apply' || run.pullNumber !== null,
  };
}

/**
 * What the plan is made from, apart from the state, which the engine itself checks. Of the project only what decides what
 * a plan says: who may apply it, and when, is asked anew.
 */
export function planBasis(started: StartedJob, place: Place): PlanBasis {
  const { name, dir, workspace, terraformVersion, distribution } = started.job.project;
  const project = { name, dir, workspace, terraformVersion, distribution };
  const config = { project, engine: place.engine.distribution, version: place.engine.version };
  return {
    commitSha: started.scope.run.commitSha,
    configDigest: createHash('sha256').update(JSON.stringify(config)).digest('hex'),
  };
}

/** A file `env/<workspace>.tfvars` of the project is used without being named, as Atlantis does. */
function workspaceVarFile(place: Place, workspace: string): string | null {
  const path = join(place.projectDir, 'env', `${workspace}.tfvars`);
  return existsSync(path) ? path : null;
}
