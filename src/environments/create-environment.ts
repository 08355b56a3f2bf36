import type { Actor } from '../access/index.ts';
import { type Db, lockRow, type Tx } from '../db/index.ts';
import { type Attributes, attributeProblems, orNull, type Problems } from './attributes.ts';
import { armedTimer } from './auto-stop.ts';
import { recordChange } from './change-log.ts';
import { findAgent } from './cluster-agent-store.ts';
import { slugOf } from './slug.ts';
import { findById, findByName, insertEnvironment, isSlugTaken, type NewEnvironment } from './store.ts';
import { guessTier } from './tier.ts';
import type { Environment } from './types.ts';

export type CreateRequest = {
  readonly repoId: number;
  readonly name: string;
  readonly attributes: Attributes;
  readonly actor: Actor;
  /** Why, for the log; null when asking for it says it all. */
  readonly reason: string | null;
  readonly now: number;
};

export type CreateResult =
  | { readonly kind: 'created'; readonly environment: Environment }
  | { readonly kind: 'agent_unknown' }
  | { readonly kind: 'invalid'; readonly problems: Problems };

/** Makes an environment that no project owns. Of several that ask for one name at once, one gets it. */
export async function createEnvironment(db: Db, request: CreateRequest): Promise<CreateResult> {
  return db.transaction(async (tx) => {
    // Names and slugs of a repo are given out one at a time.
    await lockRow(tx, 'repos', request.repoId);
    return createEnvironmentIn(tx, request);
  });
}

/** `createEnvironment`, for callers that hold the repo's row. */
export async function createEnvironmentIn(tx: Tx, request: CreateRequest): Promise<CreateResult> {
  const { repoId, actor, reason, now } = request;
  const environment = asNew(request);
  const agentId = environment.clusterAgentId;
  if (agentId !== null && !(await findAgent(tx, repoId, agentId))) return { kind: 'agent_unknown' };
  const problems = withTaken(attributeProblems(environment), {
    name: (await findByName(tx, repoId, environment.name)) !== undefined,
    slug: await isSlugTaken(tx, repoId, environment.slug),
  });
  if (Object.keys(problems).length > 0) return { kind: 'invalid', problems };
  const id = await insertEnvironment(tx, environment);
  await recordChange(tx, { environmentId: id, actorId: actor.id, kind: 'created', reason, now });
  const created = await findById(tx, repoId, id);
  if (!created) throw new Error(`environment ${id} is gone in the transaction that made it`);
  return { kind: 'created', environment: created };
}

function asNew({ repoId, name, attributes, now }: CreateRequest) {
  const { tier, externalUrl, description, clusterAgentId, autoStop, autoStopSetting } = attributes;
  const lifetime = autoStop && 'in' in autoStop ? autoStop.in : null;
  return {
    repoId,
    name,
    slug: slugOf(name),
    project: null,
    tier: tier ?? guessTier(name),
    externalUrl: orNull(externalUrl),
    description: orNull(description),
    clusterAgentId: clusterAgentId ?? null,
    kubernetesNamespace: orNull(attributes.kubernetesNamespace),
    fluxResourcePath: orNull(attributes.fluxResourcePath),
    autoStopSetting: autoStopSetting ?? 'always',
    autoStopIn: lifetime,
    ...armedTimer(lifetime === null ? (autoStop && 'at' in autoStop ? autoStop.at : null) : now + lifetime),
    now,
  } satisfies NewEnvironment;
}

function withTaken(problems: Problems, taken: Readonly<Record<'name' | 'slug', boolean>>): Problems {
  const text = 'has already been taken';
  return {
    ...problems,
    ...(taken.name ? { name: [...(problems.name ?? []), text] } : {}),
    ...(taken.slug ? { slug: [text] } : {}),
  };
}
