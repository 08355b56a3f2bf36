import type { Tx } from '../db/index.ts';

export type NewDelivery = {
  readonly host: string;
  readonly deliveryId: string;
  readonly kind: string;
  readonly repoFullName: string;
  readonly pullNumber: number;
  readonly now: number;
};

/**
 * Keeps deliveries, and gives those that were not there already, in their order: nothing is to be done about the others
 * again, be they of an earlier call or an earlier place in this one.
 */
export async function insertDeliveries<T extends NewDelivery>(tx: Tx, deliveries: readonly T[]): Promise<T[]> {
  const rows = deliveries.map((delivery) => ({
    host: delivery.host,
    delivery_id: delivery.deliveryId,
    kind: delivery.kind,
    repo_full_name: delivery.repoFullName,
    pull_number: delivery.pullNumber,
    received_at: delivery.now,
  }));
  const made = await tx.query
    .insertInto('deliveries')
    .values(rows)
    .onConflict((conflict) => conflict.columns(['host', 'delivery_id']).doNothing())
    .returning(['host', 'delivery_id'])
    .execute();
  const fresh = new Set(made.map((row) => `${row.host} ${row.delivery_id}`));
  return deliveries.filter(({ host, deliveryId }) => fresh.delete(`${host} ${deliveryId}`));
}

/** At most 1,000 a call. Returns how many. */
export async function deleteDeliveriesBefore(tx: Tx, before: number): Promise<number> {
  const old = tx.query.selectFrom('deliveries').select('id').where('received_at', '<', before).limit(1000);
  const gone = await tx.query.deleteFrom('deliveries').where('id', 'in', old).returning('id').execute();
  return gone.length;
}
