import { providersNotInstalled } from '../../terraform/index.ts';
import type { RunDeps } from '../deps.ts';
import type { StartedJob, StepsResult } from '../job-context.ts';
import type { Place } from './engine-step.ts';
import { type InitPlace, initStep, readLockFile } from './init.ts';
import { type KeptState, placeState } from './kept-state.ts';

export type ReadyPlace =
  | { readonly kind: 'ready'; readonly state: KeptState }
  | { readonly kind: 'ended'; readonly result: StepsResult };

/** init, then the kept state; once more init when that state needs providers that the configuration does not. */
export async function readyPlace(deps: RunDeps, started: StartedJob, at: InitPlace): Promise<ReadyPlace> {
  const { place } = at;
  const failed = await initStep(deps, started, at);
  if (failed) return { kind: 'ended', result: failed };
  const state = await placeState(deps, started, place);
  if (state.kind === 'kept' && state.content && lacksProviders(place, state.content)) {
    const failedAgain = await initStep(deps, started, at);
    if (failedAgain) return { kind: 'ended', result: failedAgain };
  }
  return { kind: 'ready', state };
}

/** The same for a plan that was made already: where its run has left what `init` makes, there is nothing to `init`. */
export async function readyPlaceOfPlan(deps: RunDeps, started: StartedJob, at: InitPlace): Promise<ReadyPlace> {
  if (!started.checkouts.isInitialised(started.job.project)) return readyPlace(deps, started, at);
  return { kind: 'ready', state: await placeState(deps, started, at.place) };
}

function lacksProviders(place: Place, state: Uint8Array): boolean {
  const locked = readLockFile(place.projectDir);
  return providersNotInstalled(Buffer.from(state).toString('utf8'), locked ?? '').length > 0;
}
