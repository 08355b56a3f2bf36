import { PolderError } from '../../lib/errors.ts';
import { keepPlanJson, keptPlanJson } from '../../plans/index.ts';
import { captureEngine, showArgs } from '../../terraform/index.ts';
import type { RunDeps } from '../deps.ts';
import type { StartedJob } from '../job-context.ts';
import type { PlannedJob } from './plan.ts';

/** A plan of a thousand resources takes a few megabytes. */
const maxBytes = 256 * 1024 * 1024;

/** The plan as `show -json` tells it. Computed when it is first asked for, and kept with the plan. */
export async function planJsonOf(deps: RunDeps, started: StartedJob, plan: PlannedJob): Promise<string> {
  const kept = await keptPlanJson(deps.db, plan.planId);
  if (kept !== undefined) return kept;
  const result = await captureEngine(deps.engineDeps, {
    engine: plan.place.engine,
    args: showArgs(started.files.planPath),
    cwd: plan.place.projectDir,
    workspace: started.job.project.workspace,
    maxBytes,
    timeoutMs: deps.settings.engineTimeoutMs,
    killAfterMs: deps.settings.killAfterMs,
    signal: started.cancelled,
  });
  if (result.kind !== 'ended' || result.code !== 0 || result.truncated) {
    throw new PolderError('engine_failed', `reading the plan as JSON: ${result.stderr.trim() || result.kind}`);
  }
  await keepPlanJson(deps.db, plan.planId, result.stdout);
  return result.stdout;
}
