import type { Actor } from '../access/index.ts';
import { type Db, lockRow } from '../db/index.ts';
import { type Attributes, attributeProblems, orNull, type Problems } from './attributes.ts';
import { armedTimer } from './auto-stop.ts';
import { recordChange } from './change-log.ts';
import { findAgent } from './cluster-agent-store.ts';
import { type EnvironmentChange, findById, updateEnvironments } from './store.ts';
import { guessTier } from './tier.ts';
import type { Environment } from './types.ts';

export type UpdateRequest = {
  readonly repoId: number;
  readonly environmentId: number;
  /** Only what is not undefined is changed. */
  readonly attributes: Attributes;
  readonly actor: Actor;
  readonly now: number;
};

export type UpdateResult =
  | { readonly kind: 'updated'; readonly environment: Environment }
  | { readonly kind: 'not_found' }
  | { readonly kind: 'agent_unknown' }
  | { readonly kind: 'invalid'; readonly problems: Problems };

/** Changes what is said, in whatever state the environment is. One that would stay as it is is not touched. */
export async function updateEnvironment(db: Db, request: UpdateRequest): Promise<UpdateResult> {
  const { repoId, environmentId: id, actor, now } = request;
  return db.transaction(async (tx): Promise<UpdateResult> => {
    // Holds off the deletion of the agent that it is bound to.
    if (request.attributes.clusterAgentId) await lockRow(tx, 'repos', repoId);
    await lockRow(tx, 'environments', id);
    const before = await findById(tx, repoId, id);
    if (!before) return { kind: 'not_found' };
    const change = changeOf(before, request);
    const agentId = change.clusterAgentId ?? null;
    if (agentId !== null && !(await findAgent(tx, repoId, agentId))) return { kind: 'agent_unknown' };
    const problems = attributeProblems({ ...before, ...change });
    if (Object.keys(problems).length > 0) return { kind: 'invalid', problems };
    const changed = differences(before, change);
    if (Object.keys(changed).length === 0) return { kind: 'updated', environment: before };
    await updateEnvironments(tx, [id], { ...change, now });
    await recordChange(tx, { environmentId: id, actorId: actor.id, kind: 'updated', reason: null, data: changed, now });
    return { kind: 'updated', environment: (await findById(tx, repoId, id)) ?? before };
  });
}

function changeOf(before: Environment, { attributes, now }: UpdateRequest): Partial<EnvironmentChange> {
  const { tier, externalUrl, description, clusterAgentId, autoStop, autoStopSetting } = attributes;
  const { kubernetesNamespace, fluxResourcePath } = attributes;
  return {
    ...(tier === undefined ? {} : { tier: tier ?? guessTier(before.name) }),
    ...(externalUrl === undefined ? {} : { externalUrl: orNull(externalUrl) }),
    ...(description === undefined ? {} : { description: orNull(description) }),
    ...(clusterAgentId === undefined ? {} : { clusterAgentId }),
    ...(kubernetesNamespace === undefined ? {} : { kubernetesNamespace: orNull(kubernetesNamespace) }),
    ...(fluxResourcePath === undefined ? {} : { fluxResourcePath: orNull(fluxResourcePath) }),
    ...(autoStopSetting === undefined ? {} : { autoStopSetting: autoStopSetting ?? 'always' }),
    ...timerChange(before, { autoStop, autoStopSetting, now }),
  };
}

/** A new time, or a setting that allows what the old one did not, gives the timer something to do. */
function timerChange(
  before: Environment,
  { autoStop, autoStopSetting, now }: Pick<Attributes, 'autoStop' | 'autoStopSetting'> & { now: number },
): Partial<EnvironmentChange> {
  if (autoStop === undefined && (autoStopSetting === undefined || autoStopSetting === before.autoStopSetting))
    return {};
  const autoStopIn = autoStop === undefined ? before.autoStopIn : 'in' in autoStop ? autoStop.in : null;
  const at = autoStop === undefined ? before.autoStopAt : 'in' in autoStop ? now + autoStop.in : autoStop.at;
  const { stopDueAt, stopCause } = armedTimer(at);
  const armed = before.state === 'available' ? { stopDueAt, stopCause, stopFailures: 0 } : {};
  return { autoStopAt: at, autoStopIn, ...armed };
}

/** What changes, each with what it was and is. What only the timer knows is left out. */
function differences(
  before: Environment,
  change: Partial<EnvironmentChange>,
): Record<string, { from: unknown; to: unknown }> {
  const internal = new Set(['stopDueAt', 'stopCause', 'stopFailures']);
  const names = (Object.keys(change) as (keyof EnvironmentChange)[]).filter(
    (name) => !internal.has(name) && change[name] !== before[name],
  );
  return Object.fromEntries(names.map((name) => [name, { from: before[name], to: change[name] }]));
}
