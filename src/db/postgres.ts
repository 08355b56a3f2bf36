import { type Dialect, PostgresDialect, type PostgresPoolClient } from 'kysely';
import pg from 'pg';
import { errorText, PolderError } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import { isConnectionLost } from './driver-errors.ts';
import { withoutNul } from './without-nul.ts';

const bigintOid = 20;
/** Ids, times and counts stay below 2^53, so that numbers hold them. */
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) =>
    oid === bigintOid
      ? (text: string) => Number(text)
      : (pg.types.getTypeParser(oid, format as 'text') as (text: string) => unknown),
};

export type PostgresOptions = { url: string; poolSize: number; log: Log };

/**
 * A pool of connections. Broken idle connections are replaced and only logged; `database_unavailable` tells that none can
 * be made, and that one broke while it was in use. Whether a commit that was sent over it came to be is then unknown.
 */
export function postgresDialect(options: PostgresOptions): Dialect {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.poolSize,
    application_name: 'polder',
    connectionTimeoutMillis: 10_000,
    types,
  });
  pool.on('connect', (client) => {
    client.on('error', (error) => options.log.warn({ reason: error.message }, 'database connection lost'));
  });
  // The pool repeats the errors of idle connections alone; one that breaks in a transaction is told by the client only.
  pool.on('error', () => undefined);
  return new PostgresDialect({
    pool: {
      connect: async () =>
        telling(await pool.connect().catch((error: unknown) => unavailable('connecting to the database', error))),
      end: () => pool.end(),
    },
  });
}

/** The client, with errors that say when it is the connection that broke. */
function telling(client: pg.PoolClient): PostgresPoolClient {
  const query = async (text: string, values?: readonly unknown[]) => {
    try {
      return await client.query(text, values && [...withoutNul(values)]);
    } catch (error) {
      if (isConnectionLost(error)) unavailable('asking the database', error);
      throw error;
    }
  };
  // Kysely asks for cursors too, but only of a dialect that was given some.
  return { query, release: () => client.release() } as unknown as PostgresPoolClient;
}

function unavailable(activity: string, error: unknown): never {
  throw new PolderError('database_unavailable', `${activity}: ${errorText(error)}`, { cause: error });
}

export type Listener = { close(): Promise<void> };

/**
 * Listens on one connection of its own and hands each notification to `onMessage`. When the connection breaks it is
 * made again after a second, and `onGap` says that notifications may have been missed.
 */
export async function listenPostgres(
  options: { url: string; channel: string; log: Log },
  onMessage: (payload: string) => void,
  onGap: () => void,
): Promise<Listener> {
  let closed = false;
  let client: pg.Client | undefined;
  let retry: NodeJS.Timeout | undefined;
  const reconnect = () => {
    if (closed || retry) return;
    retry = setTimeout(() => {
      retry = undefined;
      connect().then(onGap, reconnect);
    }, 1000);
    retry.unref();
  };
  const connect = async () => {
    const next = new pg.Client({ connectionString: options.url, application_name: 'polder listen', keepAlive: true });
    next.on('notification', (message) => onMessage(message.payload ?? ''));
    next.on('error', (error) => options.log.warn({ reason: error.message }, 'database notifications interrupted'));
    next.on('end', reconnect);
    client = next;
    await next.connect();
    await next.query(`listen ${options.channel}`);
  };
  const close = async () => {
    closed = true;
    clearTimeout(retry);
    await client?.end();
  };
  try {
    await connect();
  } catch (error) {
    await close();
    throw error;
  }
  return { close };
}
