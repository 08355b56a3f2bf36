import { expect, it } from 'vitest';
import { describeDatabases } from '../../test/support/database.ts';
import type { Db } from '../db/index.ts';
import { insertDeliveries, type NewDelivery } from './delivery-store.ts';

function delivery(deliveryId: string, bodyDigest: string | null, host = 'github.com'): NewDelivery {
  return { host, deliveryId, bodyDigest, kind: 'comment', repoFullName: 'acme/infra', pullNumber: 1, now: 1 };
}

describeDatabases('insertDeliveries', (open) => {
  const insert = async (db: Db, ...deliveries: NewDelivery[]) =>
    (await db.transaction((tx) => insertDeliveries(tx, deliveries))).map(({ deliveryId }) => deliveryId);
  const kept = async (db: Db) => (await db.query.selectFrom('deliveries').select('id').execute()).length;

  it('gives each that was not there, once', async () => {
    const db = await open();
    expect(await insert(db, delivery('1', null), delivery('2', null), delivery('1', null))).toEqual(['1', '2']);
    expect(await insert(db, delivery('2', null), delivery('3', null))).toEqual(['3']);
    expect(await kept(db)).toBe(3);
  });

  it('keeps one that tells what another one told, and does not give it', async () => {
    const db = await open();
    expect(await insert(db, delivery('1', 'a'), delivery('2', 'a'), delivery('3', 'b'))).toEqual(['1', '3']);
    expect(await insert(db, delivery('4', 'b'), delivery('5', 'c'), delivery('5', 'c'))).toEqual(['5']);
    expect(await insert(db, delivery('4', 'b'))).toEqual([]);
    expect(await kept(db)).toBe(5);
  });

  it('keeps hosts apart', async () => {
    const db = await open();
    const deliveries = [delivery('1', 'a'), delivery('1', 'a', 'gitea.example.com')];
    expect(await insert(db, ...deliveries)).toEqual(['1', '1']);
  });
});
