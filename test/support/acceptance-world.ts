import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type ApiClient, apiClient, apiSecret } from './api-client.ts';
import { portFinder } from './free-port.ts';
import { commitFiles, type Files, makeRepo } from './git.ts';
import { ownPostgresUrl } from './postgres.ts';
import { type ServerOptions, startServer, type TestServer } from './server.ts';
import { temporaryDir } from './temp.ts';

/** What servers of acceptance tests keep their records in: both in `npm run test:full`, elsewhere SQLite alone. */
export const acceptanceDatabases = process.env.POLDER_TEST_FULL === '1' ? ['SQLite', 'PostgreSQL'] : ['SQLite'];

export type AcceptanceWorld = {
  readonly dataDir: string;
  readonly reposDir: string;
  /** The work tree of the repository `acme/infra`. */
  readonly repo: string;
  /** Starts a server over the same data and repositories each time, at the same address. */
  start(options?: ServerOptions): Promise<RunningWorld>;
  commit(files: Files): Promise<void>;
};

export type RunningWorld = { readonly server: TestServer; readonly api: ApiClient };

const nextPort = portFinder();

/** A repository of these files, and the means to start servers for it with this engine. */
export async function openAcceptanceWorld(options: {
  readonly files: Files;
  /** Absolute path of the engine, which calls itself Terraform. */
  readonly engine: string;
  readonly flags?: ServerOptions['flags'];
  /** One of `acceptanceDatabases`; SQLite if not given. */
  readonly database?: string;
}): Promise<AcceptanceWorld> {
  const [dataDir, reposDir] = [await temporaryDir(), await temporaryDir()];
  const repo = join(reposDir, 'acme', 'infra');
  await mkdir(repo, { recursive: true });
  await makeRepo(repo, options.files);
  const flags = {
    port: await nextPort(),
    'data-dir': dataDir,
    'local-repos-dir': reposDir,
    'repo-allowlist': '*',
    'api-secret': apiSecret,
    'terraform-binary': options.engine,
    ...(options.database === 'PostgreSQL' ? { 'database-url': await ownPostgresUrl('empty') } : {}),
    ...options.flags,
  };
  return {
    dataDir,
    reposDir,
    repo,
    start: async (more = {}) => {
      const server = await startServer({ ...more, flags: { ...flags, ...more.flags } });
      return { server, api: apiClient(server.url) };
    },
    commit: async (files) => void (await commitFiles(repo, files)),
  };
}
