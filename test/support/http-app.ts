import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { type IncomingHttpHeaders, type RequestOptions, request } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { createToken, ensureSystemUser, type Role, type Scope } from '../../src/access/index.ts';
import { openDatabase } from '../../src/db/index.ts';
import { identify, isAlive } from '../../src/exec/index.ts';
import { openGit } from '../../src/git/index.ts';
import {
  createHttpServer,
  defaultTimeouts,
  type HttpDeps,
  type HttpServer,
  type Timeouts,
} from '../../src/http/index.ts';
import { silentLog } from '../../src/lib/log.ts';
import { registerInstance, startWorker } from '../../src/queue/index.ts';
import { noServerRules } from '../../src/repo-config/index.ts';
import { createInitGate, createPool, executeRun, executeRunTask, type RunDeps } from '../../src/runs/index.ts';
import { createConfigurationReader, createEngines } from '../../src/terraform/index.ts';
import { createHosts, type VcsEvent } from '../../src/vcs/index.ts';
import { localHost } from '../../src/vcs/local/index.ts';
import { heldToDescription } from './api-description.ts';
import { onCleanup } from './cleanup.ts';
import { testEngine } from './engine.ts';
import { usualRuleDefaults } from './rules.ts';
import { temporaryDir } from './temp.ts';

export type TestApp = {
  readonly app: HttpServer;
  readonly deps: HttpDeps;
  /** Repositories of the local host go here, as `owner/name`. */
  readonly reposDir: string;
  /** What happened on local pull requests. */
  readonly delivered: readonly VcsEvent[];
};

export type TestAppOptions = {
  readonly settings?: Partial<HttpDeps['settings']>;
  readonly over?: Partial<HttpDeps>;
  readonly timeouts?: Partial<Timeouts>;
  /** Execute accepted runs, with the engine that the tests have. */
  readonly works?: boolean;
};

const settings: HttpDeps['settings'] = {
  version: '1.2.3',
  baseUrl: 'http://polder.test',
  apiSecret: 's3cret',
  executableName: 'atlantis',
  allowCommands: ['plan', 'apply'],
  webBasicAuth: false,
  webUsername: 'web-user',
  webPassword: 'web-password',
  locksRequireToken: false,
  disableRepoLocking: false,
  writeGitCreds: false,
  disableGlobalApplyLock: false,
  enableProfilingApi: false,
  sslCertFile: '',
  sslKeyFile: '',
  repoLocking: true,
  engineTimeoutMs: 60_000,
  killAfterMs: 1_000,
  logMaxBytes: 1024 * 1024,
  defaultDistribution: 'terraform',
  serverRules: noServerRules,
  ruleDefaults: usualRuleDefaults,
  autoplanFileList: ['**/*.tf'],
};

/** The HTTP side over a new database in memory, closed when the test ends. Repositories of `acme/` are allowed. */
export async function openTestApp(options: TestAppOptions = {}): Promise<TestApp> {
  const db = await openDatabase({ url: 'sqlite::memory:', log: silentLog() });
  onCleanup(() => db.close());
  const dir = await temporaryDir();
  const reposDir = join(dir, 'repos');
  await mkdir(reposDir);
  const delivered: VcsEvent[] = [];
  const parts = await runParts(dir);
  const pulls = {
    ...{ db, git: parts.git, now: parts.now, baseUrl: settings.baseUrl, ...options.over },
    deliver: async (_tx: unknown, event: VcsEvent) => void delivered.push(event),
  };
  const deps: HttpDeps = {
    ...parts,
    db,
    hosts: createHosts([localHost({ reposDir, pulls })]),
    localPulls: { ...pulls, reposDir },
    isAllowed: (_host, fullName) => fullName.startsWith('acme/'),
    draining: () => false,
    ...options.over,
    settings: { ...settings, defaultDistribution: testEngine().distribution, ...options.settings },
  };
  if (options.works) await startWorking(deps);
  const app = await createHttpServer(deps, { ...defaultTimeouts, ...options.timeouts });
  onCleanup(() => app.close());
  return { app: heldToDescription(app, JSON.stringify(options.settings ?? {})), deps, reposDir, delivered };
}

async function runParts(dir: string): Promise<Omit<RunDeps, 'db' | 'hosts' | 'settings'>> {
  const log = silentLog();
  const dataDir = join(dir, 'polder');
  await mkdir(dataDir);
  const engine = testEngine();
  // What the machine's user has configured is not what is tested.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('TF_')));
  const engines = createEngines({
    binDir: join(dataDir, 'bin'),
    pathEnv: '',
    env,
    configuredBinary: engine.binary,
    defaultDistribution: engine.distribution,
    defaultVersion: null,
    downloadsAllowed: false,
    downloadUrl: 'http://127.0.0.1:9',
    tofuDownloadUrl: null,
    log,
  });
  return {
    log,
    now: Date.now,
    dataDir,
    git: await openGit({ dataDir, log, env }),
    engines,
    engineDeps: { env, pluginCacheDir: null },
    initGate: createInitGate(false),
    configurationReader: createConfigurationReader(),
    pool: createPool(2),
    subscribers: [],
    requirements: [],
  };
}

async function startWorking(deps: HttpDeps): Promise<void> {
  const { db, log, now } = deps;
  const instance = await registerInstance({ db, now, isAlive }, identify(process.pid), deps.dataDir);
  const worker = startWorker(
    { db, log, now, instance, isAlive },
    { [executeRunTask]: executeRun(deps) },
    { concurrency: 10 },
  );
  onCleanup(() => worker.drain());
}

/** Opens a port of its own for the app. */
export async function listenOn(app: HttpServer): Promise<{ port: number; url: string }> {
  await app.listen({ host: '127.0.0.1', port: 0 });
  const address = app.server.address();
  if (address === null || typeof address === 'string') throw new Error('listening: no port');
  return { port: address.port, url: `http://127.0.0.1:${address.port}` };
}

/** One request with the path just as it is written, which URLs would clean up. */
export async function requestRaw(
  options: RequestOptions,
): Promise<{ status: number | undefined; headers: IncomingHttpHeaders; body: string }> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', agent: false, ...options }, (reply) => {
      const { statusCode: status, headers } = reply;
      text(reply).then((body) => resolve({ status, headers, body }), reject);
    });
    sent.on('error', reject).end();
  });
}

/** A Polder token with these rights. */
export async function makeToken(
  deps: Pick<HttpDeps, 'db' | 'now'>,
  rights: { role: Role; scope?: Scope; repoId?: number; expiresAt?: number },
): Promise<string> {
  const actor = await ensureSystemUser(deps.db, 'polder', deps.now());
  const { role, scope = 'api', repoId = null, expiresAt = null } = rights;
  const name = `token-${randomUUID()}`;
  const made = await createToken(deps.db, { name, role, scope, repoId, expiresAt, actor, now: deps.now() });
  if (made.kind !== 'created') throw new Error(made.message);
  return made.token;
}
