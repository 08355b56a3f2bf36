import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { openAcceptanceWorld, type RunningWorld } from './acceptance-world.ts';
import { onCleanup } from './cleanup.ts';
import { fakeEngine } from './fake-engine.ts';
import { portFinder } from './free-port.ts';
import { git } from './git.ts';
import { createPostgresDatabase } from './postgres.ts';
import { polderProgram } from './server.ts';

const run = promisify(execFile);
const nextPort = portFinder();

export type Roles = 'maintainer' | 'developer' | 'reporter';

export type GitlabServer = RunningWorld & {
  /** Without a slash at the end. */
  readonly url: string;
  readonly tokens: Readonly<Record<Roles, string>>;
  /** The id of the repository `acme/infra`, which has the environment `default` from its first apply. */
  readonly projectId: number;
  /** The commit of `main`. */
  readonly sha: string;
};

/** A server in a process of its own, with a repository that was applied once and a token of each role. */
export async function startGitlabServer(engine: 'sqlite' | 'postgres'): Promise<GitlabServer> {
  const flags = engine === 'postgres' ? { 'database-url': await emptyPostgres() } : {};
  const files = { 'main.tf': '', mark: 'one' };
  const world = await openAcceptanceWorld({ files, engine: (await fakeEngine()).binary, flags });
  const port = await nextPort();
  const running = await world.start({ flags: { port, 'atlantis-url': `http://127.0.0.1:${port}` } });
  const { server, api } = running;
  const applied = await api.command('apply', { Paths: [{ Directory: '.' }] });
  if (applied.status !== 200) throw new Error(`applying: ${JSON.stringify(applied.body)}`);
  const tokens = {
    maintainer: await makeToken('maintainer', { ...flags, 'data-dir': world.dataDir }),
    developer: await makeToken('developer', { ...flags, 'data-dir': world.dataDir }),
    reporter: await makeToken('reporter', { ...flags, 'data-dir': world.dataDir }),
  };
  const headers = { 'private-token': tokens.reporter };
  const project = await fetch(`${server.url}/api/v4/projects/acme%2Finfra`, { headers });
  const { id } = (await project.json()) as { id: number };
  return { ...running, url: server.url, tokens, projectId: id, sha: await git(world.repo, 'rev-parse', 'main') };
}

async function emptyPostgres(): Promise<string> {
  const { url, drop } = await createPostgresDatabase('empty');
  onCleanup(drop);
  return url;
}

async function makeToken(role: Roles, flags: Readonly<Record<string, string>>): Promise<string> {
  const all = Object.entries({ ...flags, role, name: role }).map(([name, value]) => `--${name}=${value}`);
  const { stdout } = await run(process.execPath, [polderProgram, 'token', 'create', '--json', ...all]);
  return (JSON.parse(stdout) as { token: string }).token;
}
