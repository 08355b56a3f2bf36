import { createHash } from 'node:crypto';
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Tx } from '../../db/index.ts';
import { type PlanBasis, savePlan } from '../../plans/index.ts';
import { planArgs, planOutput, planSummary, providersNotInstalled } from '../../terraform/index.ts';
import type { RunDeps } from '../deps.ts';
import type { StartedJob, StepsResult } from '../job-context.ts';
import type { JobOutcome } from '../types.ts';
import { engineFailed, engineStep, type Place } from './engine-step.ts';
import { type InitPlace, initStep } from './init.ts';
import { type KeptState, placeState } from './kept-state.ts';

/** A plan that is to be applied in the same job. */
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
  const ready = await initWithState(deps, started, { place, signal });
  if (ready.kind === 'ended') return ready;
  const args = planArgs({
    planFile: started.files.planPath,
    extraArgs: started.scope.run.command.extraArgs,
    varFile: await workspaceVarFile(place, started.job.project.workspace),
  });
  const end = await engineStep(deps, started, { name: 'plan', place, args, signal });
  if (end.kind === 'stopped') return { kind: 'ended', result: end.result };
  if (end.code !== 0 && end.code !== changesCode) {
    return { kind: 'ended', result: engineFailed(started, { place, args }, end) };
  }
  return keepPlan(deps, started, { place, state: ready.state, text: end.text, changes: end.code === changesCode });
}

type Ready =
  | { readonly kind: 'ready'; readonly state: KeptState }
  | { readonly kind: 'ended'; readonly result: StepsResult };

/** init, then the kept state; once more init when that state needs providers that the configuration does not. */
async function initWithState(deps: RunDeps, started: StartedJob, at: InitPlace): Promise<Ready> {
  const { place } = at;
  const failed = await initStep(deps, started, at);
  if (failed) return { kind: 'ended', result: failed };
  const state = await placeState(deps, started, place);
  if (state.kind === 'kept' && state.content && (await lacksProviders(place, state.content))) {
    const failedAgain = await initStep(deps, started, at);
    if (failedAgain) return { kind: 'ended', result: failedAgain };
  }
  return { kind: 'ready', state };
}

async function lacksProviders(place: Place, state: Uint8Array): Promise<boolean> {
  const lockFile = await readFile(join(place.projectDir, '.terraform.lock.hcl'), 'utf8').catch(() => '');
  return providersNotInstalled(Buffer.from(state).toString('utf8'), lockFile).length > 0;
}

type Planned = { place: Place; state: KeptState; text: string; changes: boolean };

async function keepPlan(deps: RunDeps, started: StartedJob, planned: Planned): Promise<PlanSteps> {
  const basis = planBasis(started, planned.place);
  const content = await readFile(started.files.planPath);
  const save = (tx: Tx) => savePlan(tx, { ...newPlan(started, planned.place), ...basis, content }, deps.now());
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

function newPlan(started: StartedJob, place: Place) {
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
    keepFile: run.kind === 'apply' || run.pullNumber !== null,
  };
}

/** What the plan was made from, apart from the state, which the engine itself checks. */
function planBasis(started: StartedJob, place: Place): PlanBasis {
  const config = { project: started.job.project, engine: place.engine.distribution, version: place.engine.version };
  return {
    commitSha: started.scope.run.commitSha,
    configDigest: createHash('sha256').update(JSON.stringify(config)).digest('hex'),
  };
}

/** A file `env/<workspace>.tfvars` of the project is used without being named, as Atlantis does. */
async function workspaceVarFile(place: Place, workspace: string): Promise<string | null> {
  const path = join(place.projectDir, 'env', `${workspace}.tfvars`);
  return access(path).then(
    () => path,
    () => null,
  );
}
