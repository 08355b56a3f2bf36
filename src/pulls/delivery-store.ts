import type { Tx } from '../db/index.ts';

export type NewDelivery = {
  readonly host: string;
  readonly deliveryId: string;
  readonly kind: string;
  readonly repoFullName: string;
  readonly pullNumber: number;
  readonly now: number;
};

/** Keeps a delivery; false when it is there already, so that nothing is to be done about it again. */
export async function insertDelivery(tx: Tx, delivery: NewDelivery): Promise<boolean> {
  const made = await tx.query
    .insertInto('deliveries')
    .values({
      host: delivery.host,
      delivery_id: delivery.deliveryId,
      kind: delivery.kind,
      repo_full_name: delivery.repoFullName,
      pull_number: delivery.pullNumber,
      received_at: delivery.now,
    })
    .onConflict((conflict) => conflict.columns(['host', 'delivery_id']).doNothing())
    .returning('id')
    .executeTakeFirst();
  return made !== undefined;
}

/** At most 1,000 a call. Returns how many. */
export async function deleteDeliveriesBefore(tx: Tx, before: number): Promise<number> {
  const old = tx.query.selectFrom('deliveries').select('id').where('received_at', '<', before).limit(1000);
  const gone = await tx.query.deleteFrom('deliveries').where('id', 'in', old).returning('id').execute();
  return gone.length;
}
