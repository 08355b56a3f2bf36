import type { Tx } from '../db/index.ts';
import { armedTimer } from './auto-stop.ts';
import { recordChange } from './change-log.ts';
import { findDeployments } from './deployments/store.ts';
import { nextState } from './state.ts';
import { findById, updateEnvironments } from './store.ts';
import type { Deployment, Environment } from './types.ts';

/**
 * What a successful deployment does to its environment: it becomes the last one, unless one that finished later is; a
 * stopped or stopping environment is available again, and its deletion is called off. The caller holds the
 * environment's row.
 */
export async function markDeployed(
  tx: Tx,
  deployment: Deployment & { readonly finishedAt: number },
  by: { readonly actorId: number; readonly now: number },
): Promise<void> {
  const environment = await findById(tx, deployment.repoId, deployment.environmentId);
  if (!environment) return;
  const lastId = environment.lastDeploymentId;
  const last = lastId === null ? undefined : (await findDeployments(tx, [lastId])).get(lastId);
  const isLatest = !last?.finishedAt || last.finishedAt <= deployment.finishedAt;
  const state = nextState('start', environment.state);
  await updateEnvironments(tx, [environment.id], {
    ...(state ? started(environment) : {}),
    ...armedTimer(timerAfter(environment, by.now)),
    stopFailures: 0,
    lastDeploymentId: isLatest ? deployment.id : last.id,
    now: by.now,
  });
  if (!state) return;
  await recordChange(tx, {
    environmentId: environment.id,
    actorId: by.actorId,
    kind: 'started',
    reason: 'a deployment succeeded',
    data: { deploymentId: deployment.id, from: environment.state },
    now: by.now,
  });
}

/** The actions of a stop that was going on belong to no stop any more. */
function started({ stopRound }: Environment) {
  return {
    state: 'available',
    autoDeleteAt: null,
    stoppingReason: null,
    stoppingUntil: null,
    stopRound: stopRound + 1,
  } as const;
}

/** A lifetime begins anew with each deployment; a time that has come already does not stop the new deployment. */
function timerAfter({ autoStopIn, autoStopAt }: Environment, now: number): number | null {
  if (autoStopIn !== null) return now + autoStopIn;
  return autoStopAt !== null && autoStopAt <= now ? null : autoStopAt;
}
