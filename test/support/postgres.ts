import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { inject } from 'vitest';
import { onCleanup } from './cleanup.ts';
import type { KeeperAnswer, KeeperRequest } from './postgres-keeper.ts';
import { waitFor } from './wait-for.ts';

export type PostgresDatabase = { readonly url: string; drop(): Promise<void> };

/**
 * Makes a database on the server of this run, which starts when nobody has asked before: a copy of a migrated one, or
 * an empty one.
 */
export async function createPostgresDatabase(content: 'migrated' | 'empty'): Promise<PostgresDatabase> {
  const url = await ask({ create: content });
  return {
    url,
    drop: async () => {
      await ask({ drop: url });
    },
  };
}

/** The URL of a database of the test's own, which goes with it. */
export async function ownPostgresUrl(content: 'migrated' | 'empty'): Promise<string> {
  const { url, drop } = await createPostgresDatabase(content);
  onCleanup(drop);
  return url;
}

async function ask(request: KeeperRequest): Promise<string> {
  const socket = await waitFor('the keeper of PostgreSQL', () => open(inject('postgresKeeper')));
  socket.end(JSON.stringify(request));
  const answer = JSON.parse(await text(socket)) as KeeperAnswer;
  if ('problem' in answer) throw new Error(`tests on PostgreSQL: ${answer.problem}`);
  return answer.url;
}

function open(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path, allowHalfOpen: true });
    socket.once('connect', () => resolve(socket));
    socket.once('error', reject);
  });
}
