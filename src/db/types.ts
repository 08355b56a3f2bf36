import type { Kysely } from 'kysely';
import type { Engine } from './engine.ts';
import type { Schema } from './schema.ts';

/**
 * What a store function needs: queries, and notices to others. Either the whole database or one transaction, so that
 * the caller decides what commits together.
 */
export type DbHandle = {
  readonly engine: Engine;
  readonly query: Kysely<Schema>;
  /** Tells every listener, on every replica, once the surrounding transaction has committed. Payload: under 4 kB. */
  notify(channel: string, payload: string): Promise<void>;
};

/** Inside `transaction`; a function that must not run outside of one asks for this type. */
export type Tx = DbHandle & { readonly tx: true };

export type Db = DbHandle & {
  /**
   * Runs `change` in one transaction and commits it, or undoes it when it throws. Serialisation failures and
   * deadlocks are tried again, so `change` may run more than once: it writes to the database and nothing else.
   * Inside, use only the handle that is passed: with SQLite there is one connection, and any other query would wait
   * for ever. Never wait for a network or a process inside.
   */
  transaction<T>(change: (tx: Tx) => Promise<T>): Promise<T>;
  /** Calls `listener` for each notice on the channel, and with undefined when some may have been missed. */
  listen(channel: string, listener: (payload: string | undefined) => void): () => void;
  close(): Promise<void>;
};
