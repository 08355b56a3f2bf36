import { type Dialect, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { Log } from '../lib/log.ts';

const bigintOid = 20;
/** Ids, times and counts stay below 2^53, so that numbers hold them. */
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) =>
    oid === bigintOid
      ? (text: string) => Number(text)
      : (pg.types.getTypeParser(oid, format as 'text') as (text: string) => unknown),
};

export type PostgresOptions = { url: string; poolSize: number; log: Log };

/** A pool of connections. Broken idle connections are replaced and only logged. */
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
  return new PostgresDialect({ pool });
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
