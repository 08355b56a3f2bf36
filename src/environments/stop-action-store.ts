import type { Tx } from '../db/index.ts';

export async function insertStopAction(
  tx: Tx,
  action: { readonly environmentId: number; readonly round: number; readonly name: string; readonly now: number },
): Promise<number> {
  const { environmentId, round, name, now } = action;
  const row = await tx.query
    .insertInto('stop_actions')
    .values({ environment_id: environmentId, round, name, started_at: now })
    .returning('id')
    .executeTakeFirstOrThrow();
  return row.id;
}

export async function findStopAction(
  tx: Tx,
  id: number,
): Promise<{ environmentId: number; round: number; name: string; ended: boolean } | undefined> {
  const row = await tx.query.selectFrom('stop_actions').selectAll().where('id', '=', id).executeTakeFirst();
  return row && { environmentId: row.environment_id, round: row.round, name: row.name, ended: row.ended_at !== null };
}

export async function setStopActionEnded(
  tx: Tx,
  id: number,
  end: { readonly outcome: 'succeeded' | 'failed'; readonly now: number },
): Promise<void> {
  const columns = { ended_at: end.now, outcome: end.outcome };
  await tx.query.updateTable('stop_actions').set(columns).where('id', '=', id).execute();
}

/** Whether some action of that stop still runs. */
export async function hasOpenStopAction(tx: Tx, environmentId: number, round: number): Promise<boolean> {
  const row = await tx.query
    .selectFrom('stop_actions')
    .select('id')
    .where('environment_id', '=', environmentId)
    .where('round', '=', round)
    .where('ended_at', 'is', null)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

export async function deleteStopActionsOf(tx: Tx, environmentIds: readonly number[]): Promise<void> {
  await tx.query
    .deleteFrom('stop_actions')
    .where('environment_id', 'in', [...environmentIds])
    .execute();
}
