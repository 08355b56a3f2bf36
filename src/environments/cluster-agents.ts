import { type Actor, recordAudit } from '../access/index.ts';
import { type Db, lockRow, type Tx } from '../db/index.ts';
import { recordChanges } from './change-log.ts';
import {
  type ClusterAgent,
  deleteAgent,
  findAgent,
  insertAgent,
  selectEnvironmentsOfAgent,
} from './cluster-agent-store.ts';
import { updateEnvironments } from './store.ts';

export type RegisterResult =
  | { readonly kind: 'registered'; readonly agent: ClusterAgent }
  /** A whole sentence for the caller. */
  | { readonly kind: 'refused'; readonly message: string };

type By = { readonly actor: Actor; readonly now: number };

/** Registers an agent of a repo. https://docs.gitlab.com/api/cluster_agents/ has the rules of names. */
export async function registerAgent(db: Db, agent: { repoId: number; name: string }, by: By): Promise<RegisterResult> {
  const { repoId, name } = agent;
  const problem = nameProblem(name);
  if (problem !== undefined) return { kind: 'refused', message: problem };
  return db.transaction(async (tx): Promise<RegisterResult> => {
    const made = await insertAgent(tx, { repoId, name, createdBy: by.actor.id, createdAt: by.now });
    if (!made) return { kind: 'refused', message: 'Name has already been taken' };
    await recordAudit(tx, {
      actorId: by.actor.id,
      action: 'cluster_agent.register',
      repoId,
      subject: name,
      now: by.now,
    });
    return { kind: 'registered', agent: made };
  });
}

/** False when there is none. Environments lose their agent, and with it their namespace and Flux resource. */
export async function unregisterAgent(db: Db, agent: { repoId: number; id: number }, by: By): Promise<boolean> {
  const { repoId, id } = agent;
  return db.transaction(async (tx) => {
    // Whoever binds an environment to the agent holds its row or the repo's.
    await lockRow(tx, 'repos', repoId);
    const known = await findAgent(tx, repoId, id);
    if (!known) return false;
    while (await unbind(tx, id, by));
    await deleteAgent(tx, id);
    const { name: subject } = known;
    await recordAudit(tx, { actorId: by.actor.id, action: 'cluster_agent.delete', repoId, subject, now: by.now });
    return true;
  });
}

/** A statement takes so many parameters and no more. */
const batch = 1000;

/** Takes an agent from some of the environments that have it; false when none has. */
async function unbind(tx: Tx, agentId: number, { actor, now }: By): Promise<boolean> {
  const bound = await selectEnvironmentsOfAgent(tx, agentId, batch);
  const none = { clusterAgentId: null, kubernetesNamespace: null, fluxResourcePath: null };
  await updateEnvironments(tx, bound, { ...none, now });
  // Without its name: not everybody who reads the log may see agents.
  const change = { actorId: actor.id, kind: 'updated', reason: 'its cluster agent was deleted', now } as const;
  await recordChanges(
    tx,
    bound.map((environmentId) => ({ ...change, environmentId })),
  );
  return bound.length > 0;
}

function nameProblem(name: string): string | undefined {
  if (name.trim() === '') return "Name can't be blank";
  if (name.length > 63) return 'Name is too long (maximum is 63 characters)';
  if (/^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/.test(name)) return undefined;
  return "Name can contain only lowercase letters, digits, and '-', but cannot start or end with '-'";
}
