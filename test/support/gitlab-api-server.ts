import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { createToken, ensureSystemUser } from '../../src/access/index.ts';
import { type Db, openDatabase } from '../../src/db/index.ts';
import { silentLog } from '../../src/lib/log.ts';
import { openAcceptanceWorld, type RunningWorld } from './acceptance-world.ts';
import { fakeEngine } from './fake-engine.ts';
import { portFinder } from './free-port.ts';
import { git } from './git.ts';
import { ownPostgresUrl } from './postgres.ts';
import { polderProgram } from './server.ts';

const nextPort = portFinder();

export type Roles = 'maintainer' | 'developer' | 'reporter';

export type GitlabApiServer = RunningWorld & {
  /** Without a slash at the end. */
  readonly url: string;
  readonly tokens: Readonly<Record<Roles, string>>;
  /** The id of the repository `acme/infra`, which has the environment `default` from its first apply. */
  readonly projectId: number;
  /** The commit of `main`. */
  readonly sha: string;
};

/** A server in a process of its own, with a repository that was applied once and a token of each role. */
export async function startGitlabApiServer(engine: 'sqlite' | 'postgres'): Promise<GitlabApiServer> {
  const flags: Record<string, string> =
    engine === 'postgres' ? { 'database-url': await ownPostgresUrl('migrated') } : {};
  const files = { 'main.tf': '', mark: 'one' };
  const world = await openAcceptanceWorld({ files, engine: (await fakeEngine()).binary, flags });
  const port = await nextPort();
  const running = await world.start({ flags: { port, 'atlantis-url': `http://127.0.0.1:${port}` } });
  const { server, api } = running;
  const applied = await api.command('apply', { Paths: [{ Directory: '.' }] });
  if (applied.status !== 200) throw new Error(`applying: ${JSON.stringify(applied.body)}`);
  const databaseUrl = flags['database-url'] ?? `sqlite:${world.dataDir}/polder/polder.db`;
  const tokens = await makeTokens(databaseUrl);
  const headers = { 'private-token': tokens.reporter };
  const project = await fetch(`${server.url}/api/v4/projects/acme%2Finfra`, { headers });
  const { id } = (await project.json()) as { id: number };
  return { ...running, url: server.url, tokens, projectId: id, sha: await git(world.repo, 'rev-parse', 'main') };
}

/** The first by the program, beside the running server; the others as it does, since its start takes a while. */
async function makeTokens(databaseUrl: string): Promise<Record<Roles, string>> {
  const words = [
    'token',
    'create',
    '--json',
    `--database-url=${databaseUrl}`,
    '--role=maintainer',
    '--name=maintainer',
  ];
  const { stdout } = await promisify(execFile)(process.execPath, [polderProgram, ...words]);
  const { token: maintainer } = JSON.parse(stdout) as { token: string };
  const db = await openDatabase({ url: databaseUrl, log: silentLog(), poolSize: 1 });
  try {
    return { maintainer, developer: await makeToken(db, 'developer'), reporter: await makeToken(db, 'reporter') };
  } finally {
    await db.close();
  }
}

async function makeToken(db: Db, role: Roles): Promise<string> {
  const now = Date.now();
  const actor = await ensureSystemUser(db, 'polder', now);
  const made = await createToken(db, { name: role, role, scope: 'api', repoId: null, expiresAt: null, actor, now });
  if (made.kind !== 'created') throw new Error(made.message);
  return made.token;
}
