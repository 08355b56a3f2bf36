import type { Db } from '../db/index.ts';
import { deleteDeliveriesBefore } from './delivery-store.ts';

/** Forgets deliveries that came before then: hosts send one again within days. */
export async function sweepDeliveries(db: Db, before: number): Promise<void> {
  for (let gone = 1; gone > 0; ) gone = await db.transaction((tx) => deleteDeliveriesBefore(tx, before));
}
