import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type AllowList, parseAllowList } from './access/index.ts';
import { openCommentTemplates } from './comments/index.ts';
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
import { buildGithubAppSetup, buildHosts } from './hosts/index.ts';
import { createHttpServer, type HttpDeps, type HttpServer, openPort } from './http/index.ts';
import { errorText, PolderError } from './lib/errors.ts';
import type { Log } from './lib/log.ts';
import { makeFolder } from './lib/make-folder.ts';
import { version } from './lib/version.ts';
import {
  createIntake,
  greetingHandlers,
  onPullRunEvent,
  type PullDeps,
  pullHandlers,
  pullRequirement,
  pullSettings,
  sweepDeliveries,
} from './pulls/index.ts';
import { deregisterInstance, type Instance, registerInstance, startWorker, type Worker } from './queue/index.ts';
import { readServerRules, type ServerRules, unbuiltRules } from './repo-config/index.ts';
import { createRecentSources } from './repos/index.ts';
import {
  cleanAfterCrash,
  createInitGate,
  createJobTokens,
  createPool,
  executeRun,
  executeRunTask,
  type Requirement,
  sweepOld,
  tidyKeptCheckouts,
  tidyMirrors,
} from './runs/index.ts';
import {
  createConfigurationReader,
  createEngines,
  type Engines,
  withCloudToken,
  withoutMissingCliConfig,
} from './terraform/index.ts';
import { type LocalPullDeps, watchLocalPulls } from './vcs/local/index.ts';

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

/** Commands of pull requests in hand at once; nearly all of them wait for their runs. */
const commandsAtOnce = 500;
/** How long a server that ends waits for what is told of runs that have ended. */
const lastWordsMs = 15_000;
/** Runs in hand at once; how many of their jobs run is the pool's to say. */
const runsAtOnce = 100;
/** A Terraform process that was interrupted gets this long to end and to save its state. */
const killAfterMs = 60_000;
const sweepEveryMs = 3_600_000;
const dayMs = 86_400_000;
/** Hosts offer to send a delivery again for a few days at most. */
const deliveriesKeptMs = 30 * dayMs;

/** Builds the whole server from its options, brings it up and serves. Throws a `PolderError` when it cannot start. */
export async function startServer(order: ServerOrder): Promise<RunningServer> {
  const { options, log } = order;
  const now = order.now ?? Date.now;
  const dataDir = join(options.dataDir, 'polder');
  makeFolder(dataDir, '--data-dir');
  const db = await openDatabase({ url: options.databaseUrl, log, poolSize: options.databasePoolSize });
  let instance: Instance | undefined;
  try {
    instance = await registerInstance({ db, now, isAlive }, identify(process.pid), resolve(dataDir));
    const git = await openGit({ dataDir, log, env: order.env });
    const env = withoutMissingCliConfig(order.env, (message) => log.warn(message));
    const parts = { ...order, env, db, now, dataDir, git, instance };
    return await serve(parts, await buildApp(parts));
  } catch (error) {
    // So that the same process may try again, as the quickstart does on another port.
    if (instance) await deregisterInstance({ db, now, isAlive }, instance);
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

type AppDeps = HttpDeps & PullDeps & { readonly drainFlag: { value: boolean }; readonly stopActions: StopActions };

async function buildApp(parts: Parts): Promise<AppDeps> {
  const { options, log, db, now, dataDir, git, env } = parts;
  const drainFlag = { value: false };
  const pluginCacheDir = options.useTfPluginCache ? join(dataDir, 'plugin-cache') : null;
  if (pluginCacheDir) makeFolder(pluginCacheDir, '--use-tf-plugin-cache');
  const { isAllowed } = allowList(options);
  const templates = openCommentTemplates({ log }, options.markdownTemplateOverridesDir);
  const rules = pullSettings(options, await serverRules(parts), templates);
  const intake = createIntake({ db, log, now, isAllowed, pullSettings: rules });
  const reposDir = options.localReposDir;
  const localPulls: LocalPullDeps = {
    ...{ db, git, now, reposDir, baseUrl: options.atlantisUrl },
    deliver: async (tx, event) => {
      const host = hosts.byType('Local');
      if (host) await intake.receiveIn(tx, host, event);
    },
  };
  const hosts = await buildHosts({ options, log, now, env, localPulls });
  const requirements: Requirement[] = [deploymentRequirement(parts), freezeRequirement(parts)];
  const app = {
    db,
    log,
    now,
    dataDir,
    git,
    hosts,
    isAllowed,
    intake,
    githubApp: buildGithubAppSetup({ options, log, now, env }),
    ...(reposDir === '' ? {} : { localPulls }),
    pullSettings: rules,
    sources: createRecentSources({ hosts, now }),
    engines: buildEngines(parts),
    engineDeps: { env: withCloudToken(env, options), pluginCacheDir },
    initGate: createInitGate(pluginCacheDir !== null),
    configurationReader: createConfigurationReader(),
    pool: createPool(options.parallelPoolSize),
    subscribers: [onRunEvent, onPullRunEvent, createJobTokens().onRunEvent],
    requirements,
    stopActions: parts.stopActions ?? noStopActions,
    settings: {
      ...options,
      version,
      serverRules: rules.serverRules,
      ruleDefaults: rules.ruleDefaults,
      baseUrl: options.atlantisUrl,
      repoLocking: !options.disableRepoLocking,
      engineTimeoutMs: options.terraformTimeout,
      killAfterMs,
      defaultDistribution: options.defaultTfDistribution,
    },
    draining: () => drainFlag.value,
    drainFlag,
  };
  requirements.unshift(pullRequirement(app));
  requirements.push(...(parts.requirements ?? []));
  return app;
}

async function serverRules({ options, log }: Parts): Promise<ServerRules> {
  const read = await readServerRules(options);
  if (read.kind === 'invalid') throw new PolderError('option_invalid', read.message);
  const { refusals, warnings } = unbuiltRules(read.rules);
  if (refusals.length > 0) throw new PolderError('option_invalid', refusals.join('\n'));
  for (const warning of warnings) log.warn(warning);
  return read.rules;
}

async function serve(parts: Parts, app: AppDeps): Promise<RunningServer> {
  const { options, log, db, now, instance } = parts;
  await cleanAfterCrash(app);
  const http = await createHttpServer(app);
  await openPort(http, options);
  const workerDeps = { db, log, now, instance, isAlive };
  const runs = startWorker(workerDeps, { [executeRunTask]: executeRun(app) }, { concurrency: runsAtOnce });
  // Apart from the runs, which they wait for: they must not take each other's places.
  const commands = startWorker(workerDeps, pullHandlers(app), { concurrency: commandsAtOnce });
  const greet = () => startWorker(workerDeps, greetingHandlers(app), { concurrency: commandsAtOnce });
  const watch = app.localPulls && watchLocalPulls({ ...app.localPulls, log });
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
      await watch?.stop();
      await shutDown({ parts, http, runs, commands, greet });
    },
    stopNow: async () => {
      http.server.close();
      http.server.closeAllConnections();
    },
  };
}

type Running = {
  readonly parts: Parts;
  readonly http: HttpServer;
  readonly runs: Worker;
  readonly commands: Worker;
  /** Starts what goes on greeting commands while the server ends. */
  readonly greet: () => Worker;
};

async function shutDown({ parts, http, runs, commands, greet }: Running): Promise<void> {
  const { db, log, now, instance } = parts;
  log.info({ inHand: runs.active() }, 'draining: no new runs; work in hand ends');
  const told = commands.drain();
  // What is in hand may last, and people may want to cancel it.
  const greetings = greet();
  await runs.drain();
  // Commands whose runs have not begun wait for the next start; the others have something left to tell.
  const said = Promise.all([told, greetings.drain()]);
  await Promise.race([said, pause(lastWordsMs, undefined, { ref: false })]);
  await Promise.all([commands.stop(), greetings.stop()]);
  await http.close();
  await deregisterInstance({ db, now, isAlive }, instance);
  await db.close();
  log.info('stopped');
}

/** At the start and every hour: what was thrown away or is too old goes, and mirrors are packed. */
function startSweeping(app: HttpDeps, retentionDays: number): NodeJS.Timeout {
  const steps = [
    () => emptyTrash(app.git),
    ...(retentionDays > 0 ? [() => sweepOld(app, app.now() - retentionDays * dayMs)] : []),
    () => sweepDeliveries(app.db, app.now() - deliveriesKeptMs),
    () => tidyKeptCheckouts(app),
    () => tidyMirrors(app, app.now() - sweepEveryMs),
  ];
  const sweep = async () => {
    try {
      for (const step of steps) if (!app.draining()) await step();
    } catch (error) {
      // Nobody waits for it when the server stops: the next one goes on.
      if (!app.draining()) app.log.error({ reason: errorText(error) }, 'the hourly sweep went wrong');
    }
  };
  void sweep();
  return setInterval(sweep, sweepEveryMs).unref();
}

function allowList(options: Options): Extract<AllowList, { kind: 'ok' }> {
  const list = parseAllowList(options.repoAllowlist);
  if (list.kind === 'invalid') throw new PolderError('option_invalid', list.message);
  return list;
}

/** `dataDir` is Polder's own folder. */
export function buildEngines(parts: Pick<Parts, 'options' | 'env' | 'dataDir' | 'log'>): Engines {
  const { options, env, dataDir, log } = parts;
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
