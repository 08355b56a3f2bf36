import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type AllowList, parseAllowList } from './access/index.ts';
import type { Options } from './config/index.ts';
import { type Db, openDatabase } from './db/index.ts';
import {
  deploymentRequirement,
  freezeRequirement,
  noStopActions,
  onRunEvent,
  type StopActions,
  startTimers,
} from './environments/index.ts';
import { identify, isAlive } from './exec/index.ts';
import { emptyTrash, type GitDeps, openGit } from './git/index.ts';
import { createHttpServer, type HttpDeps, type HttpServer } from './http/index.ts';
import { errorText, PolderError } from './lib/errors.ts';
import type { Log } from './lib/log.ts';
import { version } from './lib/version.ts';
import { deregisterInstance, type Instance, registerInstance, startWorker, type Worker } from './queue/index.ts';
import {
  cleanAfterCrash,
  createInitGate,
  createJobTokens,
  createPool,
  executeRun,
  executeRunTask,
  type Requirement,
  type RunSubscriber,
  sweepOld,
  tidyMirrors,
} from './runs/index.ts';
import { createConfigurationReader, createEngines, type Engines, withoutMissingCliConfig } from './terraform/index.ts';
import { createHosts, type Hosts, type VcsHost } from './vcs/index.ts';
import { localHost } from './vcs/local/index.ts';

export type ServerOrder = {
  readonly options: Options;
  readonly log: Log;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now?: () => number;
  /** What says no to an apply, besides what is built in. */
  readonly requirements?: readonly Requirement[];
  /** What has to be run to stop environments; nothing when it is left out. */
  readonly stopActions?: StopActions;
};

export type RunningServer = {
  /** Where it listens, for this machine. */
  readonly url: string;
  readonly port: number;
  /** Ends in order: no new runs, work in hand ends, then everything closes. */
  drain(): Promise<void>;
  /** Stops serving and leaves everything else as a crash would; the process is to end right after. */
  stopNow(): Promise<void>;
};

/** Runs in hand at once; how many of their jobs run is the pool's to say. */
const runsAtOnce = 100;
/** A Terraform process that was interrupted gets this long to end and to save its state. */
const killAfterMs = 60_000;
const sweepEveryMs = 3_600_000;
const dayMs = 86_400_000;

/** Builds the whole server from its options, brings it up and serves. Throws a `PolderError` when it cannot start. */
export async function startServer(order: ServerOrder): Promise<RunningServer> {
  const { options, log } = order;
  const now = order.now ?? Date.now;
  const dataDir = join(options.dataDir, 'polder');
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const db = await openDatabase({ url: options.databaseUrl, log, poolSize: options.databasePoolSize });
  try {
    const instance = await registerInstance({ db, now, isAlive }, identify(process.pid));
    const git = await openGit({ dataDir, log, env: order.env });
    const env = withoutMissingCliConfig(order.env, (message) => log.warn(message));
    const parts = { ...order, env, db, now, dataDir, git, instance };
    return await serve(parts, await buildApp(parts));
  } catch (error) {
    await db.close();
    throw error;
  }
}

type Parts = ServerOrder & {
  readonly db: Db;
  readonly now: () => number;
  readonly dataDir: string;
  readonly git: GitDeps;
  readonly instance: Instance;
};

type AppDeps = HttpDeps & { readonly drainFlag: { value: boolean }; readonly stopActions: StopActions };

async function buildApp(parts: Parts): Promise<AppDeps> {
  const { options, log, db, now, dataDir, git, env } = parts;
  const drainFlag = { value: false };
  const pluginCacheDir = options.useTfPluginCache ? join(dataDir, 'plugin-cache') : null;
  if (pluginCacheDir) mkdirSync(pluginCacheDir, { recursive: true });
  const subscribers: RunSubscriber[] = [onRunEvent, createJobTokens().onRunEvent];
  return {
    db,
    log,
    now,
    dataDir,
    git,
    hosts: buildHosts(options, log),
    isAllowed: allowList(options).isAllowed,
    engines: buildEngines(parts),
    engineDeps: { env, pluginCacheDir },
    initGate: createInitGate(pluginCacheDir !== null),
    configurationReader: createConfigurationReader(),
    pool: createPool(options.parallelPoolSize),
    subscribers,
    requirements: [deploymentRequirement(parts), freezeRequirement(parts), ...(parts.requirements ?? [])],
    stopActions: parts.stopActions ?? noStopActions,
    settings: {
      ...options,
      version,
      baseUrl: options.atlantisUrl,
      repoLocking: !options.disableRepoLocking,
      engineTimeoutMs: options.terraformTimeout,
      killAfterMs,
      defaultDistribution: options.defaultTfDistribution,
    },
    draining: () => drainFlag.value,
    drainFlag,
  };
}

async function serve(parts: Parts, app: AppDeps): Promise<RunningServer> {
  const { options, log, db, now, instance } = parts;
  await cleanAfterCrash(app);
  const http = await createHttpServer(app);
  await http.listen({ port: options.port, host: options.host === '' ? '::' : options.host });
  const worker = startWorker(
    { db, log, now, instance, isAlive },
    { [executeRunTask]: executeRun(app) },
    { concurrency: runsAtOnce },
  );
  const timers = startTimers({ db, log, now, stopActions: app.stopActions });
  const sweeping = startSweeping(app, options.retentionDays);
  const { port } = http.server.address() as { port: number };
  log.info({ port, version, database: db.engine.name }, 'serving');
  return {
    url: `${options.sslCertFile === '' ? 'http' : 'https'}://127.0.0.1:${port}`,
    port,
    drain: async () => {
      app.drainFlag.value = true;
      clearInterval(sweeping);
      await timers.stop();
      await shutDown({ parts, http, worker });
    },
    stopNow: async () => {
      http.server.close();
      http.server.closeAllConnections();
    },
  };
}

async function shutDown(running: { parts: Parts; http: HttpServer; worker: Worker }): Promise<void> {
  const { db, log, now, instance } = running.parts;
  log.info({ inHand: running.worker.active() }, 'draining: no new runs; work in hand ends');
  await running.worker.drain();
  await running.http.close();
  await deregisterInstance({ db, now, isAlive }, instance);
  await db.close();
  log.info('stopped');
}

/** At the start and every hour: what was thrown away or is too old goes, and mirrors are packed. */
function startSweeping(app: HttpDeps, retentionDays: number): NodeJS.Timeout {
  const sweep = async () => {
    await emptyTrash(app.git);
    if (retentionDays > 0) await sweepOld(app, app.now() - retentionDays * dayMs);
    await tidyMirrors(app, app.now() - sweepEveryMs);
  };
  const trySweep = () => {
    sweep().catch((error: unknown) => app.log.error({ reason: errorText(error) }, 'the hourly sweep went wrong'));
  };
  const timer = setInterval(trySweep, sweepEveryMs);
  timer.unref();
  trySweep();
  return timer;
}

function buildHosts(options: Options, log: Log): Hosts {
  const hosts: VcsHost[] = [];
  const reposDir = options.localReposDir;
  if (reposDir !== '') hosts.push(localHost({ reposDir }));
  if (reposDir !== '' && !existsSync(reposDir)) log.warn({ reposDir }, 'there is no --local-repos-dir yet');
  return createHosts(hosts);
}

function allowList(options: Options): Extract<AllowList, { kind: 'ok' }> {
  const list = parseAllowList(options.repoAllowlist);
  if (list.kind === 'invalid') throw new PolderError('option_invalid', list.message);
  return list;
}

function buildEngines({ options, env, dataDir, log }: Parts): Engines {
  return createEngines({
    binDir: join(dataDir, 'bin'),
    pathEnv: env.PATH ?? '',
    env,
    ...(options.terraformBinary === '' ? {} : { configuredBinary: options.terraformBinary }),
    defaultDistribution: options.defaultTfDistribution,
    defaultVersion: options.defaultTfVersion === '' ? null : options.defaultTfVersion,
    downloadsAllowed: options.tfDownload,
    downloadUrl: options.tfDownloadUrl.replace(/\/+$/, ''),
    tofuDownloadUrl: options.tofuDownloadUrl === '' ? null : options.tofuDownloadUrl,
    log,
  });
}
