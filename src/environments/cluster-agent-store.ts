import type { Selectable } from 'kysely';
import type { ClusterAgentsTable, DbHandle, Tx } from '../db/index.ts';

/** A program in a Kubernetes cluster that speaks for it. Polder only knows that it is there, and which repo configures it. */
export type ClusterAgent = {
  /** Unique over the server, never reused. */
  readonly id: number;
  readonly repoId: number;
  readonly name: string;
  /** The user who registered it. */
  readonly createdBy: number;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
};

/** Undefined when the repo has an agent of that name. */
export async function insertAgent(tx: Tx, agent: Omit<ClusterAgent, 'id'>): Promise<ClusterAgent | undefined> {
  const row = await tx.query
    .insertInto('cluster_agents')
    .values({ repo_id: agent.repoId, name: agent.name, created_by: agent.createdBy, created_at: agent.createdAt })
    .onConflict((conflict) => conflict.columns(['repo_id', 'name']).doNothing())
    .returningAll()
    .executeTakeFirst();
  return row && toAgent(row);
}

/** The agent of that id which the repo configures. */
export async function findAgent(handle: DbHandle, repoId: number, id: number): Promise<ClusterAgent | undefined> {
  const rows = handle.query.selectFrom('cluster_agents').selectAll().where('id', '=', id);
  const row = await rows.where('repo_id', '=', repoId).executeTakeFirst();
  return row && toAgent(row);
}

/** Those of these ids that there are. */
export async function findAgents(handle: DbHandle, ids: readonly number[]): Promise<Map<number, ClusterAgent>> {
  if (ids.length === 0) return new Map();
  const rows = await handle.query
    .selectFrom('cluster_agents')
    .selectAll()
    .where('id', 'in', [...new Set(ids)])
    .execute();
  return new Map(rows.map((row) => [row.id, toAgent(row)]));
}

/** A page of a repo's agents, in order of id. */
export async function selectAgents(
  handle: DbHandle,
  repoId: number,
  page: { readonly offset: number; readonly limit: number },
): Promise<ClusterAgent[]> {
  const rows = handle.query.selectFrom('cluster_agents').selectAll().where('repo_id', '=', repoId).orderBy('id');
  return (await rows.offset(page.offset).limit(page.limit).execute()).map(toAgent);
}

export async function countAgents(handle: DbHandle, repoId: number): Promise<number> {
  const rows = handle.query.selectFrom('cluster_agents').where('repo_id', '=', repoId);
  const row = await rows.select(({ fn }) => fn.countAll<number>().as('n')).executeTakeFirstOrThrow();
  return Number(row.n);
}

export async function deleteAgent(tx: Tx, id: number): Promise<void> {
  await tx.query.deleteFrom('cluster_agents').where('id', '=', id).execute();
}

/** The ids of environments that are bound to an agent, at most so many. */
export async function selectEnvironmentsOfAgent(tx: Tx, id: number, limit: number): Promise<number[]> {
  const bound = tx.query.selectFrom('environments').select('id').where('cluster_agent_id', '=', id);
  return (await bound.limit(limit).execute()).map((row) => row.id);
}

function toAgent(row: Selectable<ClusterAgentsTable>): ClusterAgent {
  return { id: row.id, repoId: row.repo_id, name: row.name, createdBy: row.created_by, createdAt: row.created_at };
}
