import type { Insertable } from 'kysely';
import type { DeliveriesTable, Tx } from '../db/index.ts';

export type NewDelivery = {
  readonly host: string;
  readonly deliveryId: string;
  /** Two deliveries with the same one tell of the same, whatever their ids; null where nothing is known of that. */
  readonly bodyDigest: string | null;
  readonly kind: string;
  readonly repoFullName: string;
  readonly pullNumber: number;
  readonly now: number;
};

/**
 * Keeps deliveries, and gives those that tell something new, in their order: nothing is to be done about the others
 * again, be they of an earlier call or an earlier place in this one. One that tells what another one told is kept, too.
 */
export async function insertDeliveries<T extends NewDelivery>(tx: Tx, deliveries: readonly T[]): Promise<T[]> {
  const made = await insertNew(tx, deliveries.map(rowOf));
  const fresh = deliveries.filter((delivery) => made.delete(keyOf(rowOf(delivery))));
  const told = new Set(fresh);
  const repeated = deliveries.filter((delivery) => delivery.bodyDigest !== null && !told.has(delivery));
  if (repeated.length > 0)
    await insertNew(
      tx,
      repeated.map((delivery) => rowOf({ ...delivery, bodyDigest: null })),
    );
  return fresh;
}

type Row = Insertable<DeliveriesTable>;

function rowOf(delivery: NewDelivery): Row {
  return {
    host: delivery.host,
    delivery_id: delivery.deliveryId,
    body_digest: delivery.bodyDigest,
    kind: delivery.kind,
    repo_full_name: delivery.repoFullName,
    pull_number: delivery.pullNumber,
    received_at: delivery.now,
  };
}

function keyOf({ host, delivery_id }: Pick<Row, 'host' | 'delivery_id'>): string {
  return `${host} ${delivery_id}`;
}

/**
 * Which of them were not there, by id or by what they tell. Inserted in one order everywhere: servers that are told the
 * same at once would otherwise wait for each other.
 */
async function insertNew(tx: Tx, rows: readonly Row[]): Promise<Set<string>> {
  const made = await tx.query
    .insertInto('deliveries')
    .values(rows.toSorted((one, other) => (orderOf(one) < orderOf(other) ? -1 : 1)))
    .onConflict((conflict) => conflict.doNothing())
    .returning(['host', 'delivery_id'])
    .execute();
  return new Set(made.map(keyOf));
}

function orderOf({ body_digest, delivery_id }: Row): string {
  return `${body_digest ?? ''} ${delivery_id}`;
}

/** At most 1,000 a call. Returns how many. */
export async function deleteDeliveriesBefore(tx: Tx, before: number): Promise<number> {
  const old = tx.query.selectFrom('deliveries').select('id').where('received_at', '<', before).limit(1000);
  const gone = await tx.query.deleteFrom('deliveries').where('id', 'in', old).returning('id').execute();
  return gone.length;
}
