import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Actor, ensureSystemUser } from '../../src/access/index.ts';
import type { Selection } from '../../src/commands/index.ts';
import { type Db, openDatabase } from '../../src/db/index.ts';
import { identify, isAlive } from '../../src/exec/index.ts';
import { openGit } from '../../src/git/index.ts';
import { readLog } from '../../src/job-logs/index.ts';
import { silentLog } from '../../src/lib/log.ts';
import { registerInstance, startWorker } from '../../src/queue/index.ts';
import { noServerRules } from '../../src/repo-config/index.ts';
import { findRepo, type Repo } from '../../src/repos/index.ts';
import {
  acceptRun,
  createInitGate,
  createPool,
  executeRun,
  executeRunTask,
  isEnd,
  type Job,
  type RunDeps,
  type RunRequest,
  type RunSettings,
  type RunTarget,
  type RunWithJobs,
  waitForRun,
} from '../../src/runs/index.ts';
import { createConfigurationReader, createEngines } from '../../src/terraform/index.ts';
import { createHosts } from '../../src/vcs/index.ts';
import { localHost } from '../../src/vcs/local/index.ts';
import { onCleanup } from './cleanup.ts';
import { testEngine } from './engine.ts';
import { commitFiles, type Files, makeRepo } from './git.ts';
import { usualRuleDefaults } from './rules.ts';
import { temporaryDir } from './temp.ts';
import { waitFor } from './wait-for.ts';

export type RunWorld = {
  readonly deps: RunDeps;
  readonly actor: Actor;
  readonly repo: Repo;
  /** The repository's work tree. */
  readonly source: string;
  /** Commits what is in the work tree and these files to the repository's branch. */
  commit(files: Files): Promise<void>;
  /** Accepts a run and gives its id. Nothing selected: the project of the root folder. */
  accept(kind: 'plan' | 'apply', request?: AskedRun): Promise<number>;
  /** Starts a worker for the runs; it is drained when the test ends. */
  work(): Promise<void>;
  /** Waits for the end of a run. */
  ended(runId: number): Promise<RunWithJobs>;
  /** Accepts a run and waits for its end. */
  run(kind: 'plan' | 'apply', request?: AskedRun): Promise<RunWithJobs>;
  logOf(job: Pick<Job, 'id'>): Promise<string[]>;
};

/** What is not as usual in a request. What a ref target has may be given without the target. */
export type AskedRun = Partial<RunRequest> & Partial<Omit<Extract<RunTarget, { kind: 'ref' }>, 'kind'>>;

export type RunWorldOptions = {
  readonly files: Files;
  /** The engine to run; that of the tests if not given. */
  readonly engine?: string;
  readonly settings?: Partial<RunSettings>;
  readonly over?: Partial<RunDeps>;
  readonly db?: Db;
};

const settings: Omit<RunSettings, 'defaultDistribution'> = {
  executableName: 'atlantis',
  baseUrl: 'http://polder.test',
  repoLocking: true,
  engineTimeoutMs: 60_000,
  killAfterMs: 1_000,
  writeGitCreds: false,
  logMaxBytes: 1024 * 1024,
  serverRules: noServerRules,
  ruleDefaults: usualRuleDefaults,
  autoplanFileList: ['**/*.tf'],
};

/** The folder of one project. */
export function inDir(directory: string, workspace?: string): { selection: Selection } {
  return { selection: { projects: [], paths: [{ directory, ...(workspace === undefined ? {} : { workspace }) }] } };
}

/** Projects by their names. */
export function named(...projects: string[]): { selection: Selection } {
  return { selection: { projects, paths: [] } };
}

/** Everything that runs are made of, over a new database and one repository `acme/infra` of these files. */
export async function openRunWorld(options: RunWorldOptions): Promise<RunWorld> {
  const dir = await temporaryDir();
  const reposDir = join(dir, 'repos');
  const source = join(reposDir, 'acme', 'infra');
  await makeRepo(source, options.files);
  const deps = await buildDeps(dir, { ...options, reposDir });
  const actor = await ensureSystemUser(deps.db, 'atlantis-api', deps.now());
  const isAllowed = () => true;
  const found = await findRepo({ ...deps, isAllowed }, { hostType: 'Local', fullName: 'acme/infra' });
  if (found.kind !== 'found') throw new Error(found.message);
  const { repo } = found;
  const accept: RunWorld['accept'] = async (kind, asked = {}) => {
    const { ref = 'main', baseBranch = null, pullNumber = null, selection = inDir('.').selection, ...request } = asked;
    const result = await acceptRun(deps, {
      repo,
      command: { kind, extraArgs: [] },
      target: { kind: 'ref', ref, baseBranch, pullNumber, selection },
      actor,
      trigger: { kind: 'api' },
      idempotency: null,
      ...request,
    });
    if (result.kind === 'rejected') throw new Error(result.message);
    return result.runId;
  };
  const ended: RunWorld['ended'] = (runId) =>
    waitFor(
      `the end of run ${runId}`,
      async () => {
        const run = await waitForRun(deps.db, runId, AbortSignal.timeout(1000));
        return run && isEnd(run.state) && run;
      },
      { timeoutMs: 25_000 },
    );
  return {
    deps,
    actor,
    repo,
    source,
    commit: async (files) => void (await commitFiles(source, files)),
    accept,
    work: () => startWorking(deps),
    ended,
    run: async (kind, request) => ended(await accept(kind, request)),
    logOf: (job) => logLines(deps.db, job.id),
  };
}

/** All lines of a job's log. */
export async function logLines(db: Db, jobId: number): Promise<string[]> {
  const lines: string[] = [];
  for (let from = 0; ; ) {
    const part = await readLog(db, jobId, from);
    lines.push(...part.pieces.flatMap((piece) => piece.lines));
    if (part.nextLine === from) return lines;
    from = part.nextLine;
  }
}

async function buildDeps(dir: string, options: RunWorldOptions & { reposDir: string }): Promise<RunDeps> {
  const log = silentLog();
  const dataDir = join(dir, 'polder');
  await mkdir(dataDir);
  const engine = testEngine();
  const distribution = options.engine === undefined ? engine.distribution : 'terraform';
  // What the machine's user has configured is not what is tested.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('TF_')));
  return {
    db: options.db ?? (await openMemory()),
    log,
    now: Date.now,
    dataDir,
    git: await openGit({ dataDir, log, env }),
    engines: createEngines({
      binDir: join(dataDir, 'bin'),
      pathEnv: '',
      env,
      configuredBinary: options.engine ?? engine.binary,
      defaultDistribution: distribution,
      defaultVersion: null,
      downloadsAllowed: false,
      downloadUrl: 'http://127.0.0.1:9',
      tofuDownloadUrl: null,
      log,
    }),
    hosts: createHosts([localHost({ reposDir: options.reposDir })]),
    pool: createPool(4),
    engineDeps: { env, pluginCacheDir: null },
    initGate: createInitGate(false),
    configurationReader: createConfigurationReader(),
    settings: { ...settings, defaultDistribution: distribution, ...options.settings },
    subscribers: [],
    requirements: [],
    ...options.over,
  };
}

async function openMemory(): Promise<Db> {
  const db = await openDatabase({ url: 'sqlite::memory:', log: silentLog() });
  onCleanup(() => db.close());
  return db;
}

async function startWorking(deps: RunDeps): Promise<void> {
  const { db, log, now } = deps;
  const instance = await registerInstance({ db, now, isAlive }, identify(process.pid), deps.dataDir);
  const worker = startWorker(
    { db, log, now, instance, isAlive },
    { [executeRunTask]: executeRun(deps) },
    { concurrency: 10 },
  );
  onCleanup(() => worker.drain());
}
