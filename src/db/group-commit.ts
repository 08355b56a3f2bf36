import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Kysely, Transaction } from 'kysely';
import type { Schema } from './schema.ts';

/** Runs `change` in a transaction; resolves once it is committed, rejects once it is undone. */
export type RunTransaction = <T>(change: (trx: Transaction<Schema>) => Promise<T>) => Promise<T>;

/** More at once would keep others from the database for too long. */
const mostTogether = 100;

/**
 * Transactions that come in the same turn of the event loop are committed together. A commit waits for the disk, and with
 * SQLite everything else waits with it: one wait serves all of them. Nobody hears of a success before it is on the disk;
 * when one throws, all are undone and run again each by itself, in the same order.
 */
export function groupCommits(query: Kysely<Schema>): RunTransaction {
  const waiting: Member[] = [];
  let isAtWork = false;
  const work = async () => {
    isAtWork = true;
    while (waiting.length > 0) {
      // Before the transaction and not in it: others could not write meanwhile.
      await nextTurn();
      await commitTogether(query, waiting.splice(0, mostTogether));
    }
    isAtWork = false;
  };
  return (change) =>
    new Promise((resolve, reject) => {
      waiting.push({
        run: async (trx) => {
          const value = await change(trx);
          return () => resolve(value);
        },
        fail: reject,
      });
      if (!isAtWork) void work();
    });
}

type Member = {
  /** Gives what tells the caller of the success. */
  run(trx: Transaction<Schema>): Promise<() => void>;
  fail(error: unknown): void;
};

/** Throws nothing. */
async function commitTogether(query: Kysely<Schema>, members: readonly Member[]): Promise<void> {
  const tell: (() => void)[] = [];
  try {
    await query.transaction().execute(async (trx) => {
      for (const member of members) tell.push(await member.run(trx));
    });
  } catch (error) {
    if (members.length === 1) members[0]?.fail(error);
    else for (const member of members) await commitTogether(query, [member]);
    return;
  }
  for (const one of tell) one();
}
