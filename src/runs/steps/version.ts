import type { RunDeps } from '../deps.ts';
import type { StartedJob, StepsResult } from '../job-context.ts';
import { engineFailed, engineStep, type Place } from './engine-step.ts';

/** Which engine the project has. Nothing is set up for it, and nothing changes. */
export async function versionStep(deps: RunDeps, started: StartedJob, place: Place): Promise<StepsResult> {
  const signal = AbortSignal.any([started.cancelled, started.task.signal]);
  const args = ['version', ...started.scope.run.command.extraArgs];
  const end = await engineStep(deps, started, { name: 'version', place, args, signal });
  if (end.kind === 'stopped') return end.result;
  if (end.code !== 0) return engineFailed(started, { place, args }, end);
  return { outcome: { kind: 'done', planDiscarded: false }, output: end.text };
}
