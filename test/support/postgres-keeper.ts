/*
 * Keeps one throw-away PostgreSQL server for a test run. `postgres-keeper <run folder> <socket>` listens on the socket
 * and starts the server when the first request comes. Each connection carries one request and one answer, in JSON.
 * When standard input ends, the server is stopped and the run folder removed.
 */
import { rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { openDatabase } from '../../src/db/index.ts';
import { errorText } from '../../src/lib/errors.ts';
import { silentLog } from '../../src/lib/log.ts';
import { type PostgresServer, startPostgres } from './postgres-server.ts';

export type KeeperRequest = { readonly create: 'migrated' | 'empty' } | { readonly drop: string };
export type KeeperAnswer = { readonly url: string } | { readonly problem: string };

const templateName = 'polder_template';
const [runDir = '', socketPath = ''] = process.argv.slice(2);

await keep();

async function keep(): Promise<void> {
  const postgres = once(() => startPostgres(runDir));
  const template = once(async () => makeTemplate(await postgres.get()));
  let created = 0;
  const answer = async (request: KeeperRequest): Promise<KeeperAnswer> => {
    const server = await postgres.get();
    await template.get();
    if ('drop' in request) {
      await server.sql(`drop database if exists "${new URL(request.drop).pathname.slice(1)}" with (force)`);
      return { url: request.drop };
    }
    created += 1;
    const name = `test_${created}`;
    await server.sql(`create database ${name} template ${request.create === 'empty' ? 'template0' : templateName}`);
    return { url: server.url(name) };
  };
  const listener = createServer({ allowHalfOpen: true }, (socket) => void serve(socket, answer));
  listener.listen(socketPath);
  await inputEnd();
  listener.close();
  const server = await postgres.started();
  await server?.stop();
  await rm(runDir, { recursive: true, force: true });
}

async function serve(socket: Socket, answer: (request: KeeperRequest) => Promise<KeeperAnswer>): Promise<void> {
  // A test process that was killed while it waited is nobody's problem.
  socket.on('error', () => socket.destroy());
  try {
    const request = JSON.parse(await received(socket)) as KeeperRequest;
    socket.end(JSON.stringify(await answer(request)));
  } catch (error) {
    socket.end(JSON.stringify({ problem: errorText(error) }));
  }
}

/** Not `stream/consumers`, which closes the other direction too. */
async function received(socket: Socket): Promise<string> {
  const parts: Buffer[] = [];
  socket.on('data', (part) => parts.push(part));
  await new Promise((resolve) => socket.once('end', resolve));
  return Buffer.concat(parts).toString();
}

async function makeTemplate(server: PostgresServer): Promise<void> {
  console.log(`tests use PostgreSQL ${server.version} (${server.from})`);
  await server.sql(`create database ${templateName} template template0`);
  const db = await openDatabase({ url: server.url(templateName), log: silentLog() });
  await db.close();
}

/** Does the work when first asked, and for everybody who asks later gives the same result. */
function once<T>(work: () => Promise<T>): { get(): Promise<T>; started(): Promise<T | undefined> } {
  let result: Promise<T> | undefined;
  return {
    get: () => {
      result ??= work();
      return result;
    },
    started: async () => result?.catch(() => undefined),
  };
}

async function inputEnd(): Promise<void> {
  process.stdin.resume();
  await new Promise<void>((resolve) => {
    // A parent that was killed may leave an error in the pipe in place of an end.
    for (const event of ['end', 'error', 'close']) process.stdin.on(event, () => resolve());
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve());
  });
}
