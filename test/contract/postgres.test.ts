import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { type Db, lockRow, openDatabase, type Tx } from '../../src/db/index.ts';
import type { PolderError } from '../../src/lib/errors.ts';
import { silentLog } from '../../src/lib/log.ts';
import { describePostgres } from '../support/database.ts';
import { openTestApp } from '../support/http-app.ts';
import { waitFor } from '../support/wait-for.ts';
import { addGroup, addRepo, groupIds } from './sample-rows.ts';

/* What holds of PostgreSQL alone, where several servers share a database. */
describePostgres('servers of one database', (open, { create }) => {
  it('hear each other', async () => {
    const url = await create();
    const [one, other] = [await open(url), await open(url)];
    const payloads: unknown[] = [];
    other.listen('runs', (payload) => payloads.push(payload));
    await one.transaction(async (tx) => {
      await addGroup(tx);
      await tx.notify('runs', 'added');
    });
    await waitFor('the notice', () => payloads.length > 0);

    expect(payloads).toEqual(['added']);
    expect(await groupIds(other)).toHaveLength(1);
  });

  it('hear that they may have missed something when the connection breaks', async () => {
    const url = await create();
    const [one, other] = [await open(url), await open(url)];
    const payloads: unknown[] = [];
    one.listen('runs', (payload) => payloads.push(payload));
    await sql`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid() and application_name = 'polder listen'`.execute(
      other.query,
    );
    await waitFor('the gap to be told', () => payloads.length > 0);
    await other.notify('runs', 'after');
    await waitFor('the next notice', () => payloads.length > 1);

    expect(payloads).toEqual([undefined, 'after']);
  });

  it('survive the loss of every connection', async () => {
    const url = await create();
    const [one, other] = [await open(url), await open(url)];
    await Promise.all([groupIds(one), groupIds(one)]);
    await sql`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()`.execute(other.query);

    const answer = await waitFor('the database to answer again', () => groupIds(one));
    expect(answer).toEqual([]);
  });

  it('are told that the database cannot be reached, and go on when it can', async () => {
    const url = await create();
    const [one, other] = [await open(url), await open(await create())];
    const { shut, reopen } = doorOf(url, other);
    await groupIds(one);
    await shut();
    await waitFor('the connections to be gone', async () =>
      (await refusalOf(one)).startsWith('connecting to the database: '),
    );

    await reopen();
    expect(await groupIds(one)).toEqual([]);
  });

  it('ask their clients to come back while the database cannot be reached', async () => {
    const url = await create();
    const [db, other] = [await open(url), await open(await create())];
    const { app } = await openTestApp({ over: { db } });
    const { shut, reopen } = doorOf(url, other);
    await shut();
    const headers = { 'x-atlantis-token': 's3cret', 'private-token': 'x' };
    const ask = async (url: string) => {
      const reply = await app.inject({ url, headers });
      return [reply.statusCode, reply.headers['retry-after']];
    };
    const urls = ['/status', '/api/locks', '/api/runs', '/', '/api/v4/projects/1/environments'];

    expect(await Promise.all(urls.map(ask))).toEqual(urls.map(() => [503, '30']));
    await reopen();
    expect(await ask('/api/locks')).toEqual([200, undefined]);
  });

  it('survive the loss of a connection between two statements of a transaction', async () => {
    const url = await create();
    const [one, other] = [await open(url), await open(url)];
    const change = one.transaction(async (tx) => {
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx.query);
      const pid = rows[0]?.pid ?? 0;
      await sql`select pg_terminate_backend(${pid})`.execute(other.query);
      await waitFor('the connection to be gone', async () => {
        const found = await sql`select 1 from pg_stat_activity where pid = ${pid}`.execute(other.query);
        return found.rows.length === 0;
      });
      await addGroup(tx);
    });

    await expect(change).rejects.toMatchObject({
      code: 'database_unavailable',
      message: expect.stringMatching(/^asking the database: .*(terminat|not queryable|ECONNRESET)/) as string,
    });
    expect(await groupIds(one)).toEqual([]);
  });

  it('get through a deadlock', async () => {
    const url = await create();
    const [one, other] = [await open(url), await open(url)];
    const group = await addGroup(one);
    const [first, second] = [await addRepo(one, group), await addRepo(one, group)];
    const attempts: string[] = [];
    const both = meeting(2);
    const crossing = (name: string, ids: readonly [number, number]) => async (tx: Tx) => {
      attempts.push(name);
      await lockRow(tx, 'repos', ids[0]);
      await both();
      await lockRow(tx, 'repos', ids[1]);
    };
    await Promise.all([
      one.transaction(crossing('one', [first, second])),
      other.transaction(crossing('other', [second, first])),
    ]);

    expect(attempts.length).toBeGreaterThan(2);
  });
});

describe('openDatabase', () => {
  it('does not show the password when the server cannot be reached', async () => {
    const url = 'postgres://polder:hunter2@127.0.0.1:1/polder?password=hunter2';
    const opening = openDatabase({ url, log: silentLog() });

    await expect(opening).rejects.toMatchObject({
      code: 'database_unavailable',
      message: expect.stringMatching(
        /^opening the database postgres:\/\/polder:\*\*\*@127\.0\.0\.1:1\/polder\?password=\*\*\*: .*ECONNREFUSED/,
      ) as string,
    });
  });
});

/** Lets nobody into the database of `url`, and puts out who is in. */
function doorOf(url: string, other: Db) {
  const name = new URL(url).pathname.slice(1);
  const allow = (allowed: boolean) =>
    sql`alter database ${sql.id(name)} allow_connections ${sql.lit(allowed)}`.execute(other.query);
  return {
    shut: async () => {
      await allow(false);
      await sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = ${name}`.execute(other.query);
    },
    reopen: () => allow(true),
  };
}

async function refusalOf(db: Db): Promise<string> {
  return groupIds(db).then(
    () => '',
    ({ code, message }: PolderError) => (code === 'database_unavailable' ? message : ''),
  );
}

/** Holds everybody who calls it until `count` have; from then on lets everybody through. */
function meeting(count: number): () => Promise<void> {
  const waiting: (() => void)[] = [];
  return () =>
    new Promise((resolve) => {
      waiting.push(resolve);
      if (waiting.length >= count) for (const goOn of waiting) goOn();
    });
}
