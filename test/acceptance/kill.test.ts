import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/db/index.ts';
import { processesIn } from '../../src/exec/index.ts';
import { silentLog } from '../../src/lib/log.ts';
import { type ApiClient, type ApiRun, apiClient, apiSecret, type RunOrder } from '../support/api-client.ts';
import { type DiaryEngine, diaryOfEngine, fakeEngine, overlaps } from '../support/fake-engine.ts';
import { portFinder } from '../support/free-port.ts';
import { addBranches, makeRepo } from '../support/git.ts';
import { ownPostgresUrl } from '../support/postgres.ts';
import { createRandom, type Random, testSeed } from '../support/random.ts';
import { scaled } from '../support/scale.ts';
import { polderProgram, startServer, type TestServer } from '../support/server.ts';
import { temporaryDir } from '../support/temp.ts';
import { waitFor } from '../support/wait-for.ts';

/*
 * A server process is killed with SIGKILL again and again while plans and applies of several projects go on. Every
 * request has a branch of its own, on which each project has a mark that no other request has: an apply that was executed
 * twice would leave its mark twice.
 */

const projects = { net: 'net', app: 'app', 'app-eu': 'app', db: 'db' } as const;
type ProjectName = keyof typeof projects;
const names = Object.keys(projects) as ProjectName[];
const folders = [...new Set(Object.values(projects))];
const requestsPerRound = 4;

const config = `version: 3
projects:
${names.map((name) => `- {name: ${name}, dir: ${projects[name]}${name === 'app-eu' ? ', workspace: eu' : ''}}\n`).join('')}`;

type Setting = {
  readonly rounds: number;
  readonly engine: DiaryEngine;
  /** The files of a project. */
  readonly project: Readonly<Record<string, string>>;
  readonly databaseUrl?: string;
};

type World = Setting & {
  readonly random: Random;
  readonly dataDir: string;
  readonly flags: Readonly<Record<string, string | number | boolean>>;
  /** Requests that wait for an answer, to be sent again to the next server, by their key. */
  readonly unanswered: Map<string, Request>;
  /** The run that each key was answered with. */
  readonly answers: Map<string, number>;
  /** Every run that an answer told of. */
  readonly accepted: Set<number>;
  /** Runs that ended as interrupted and were looked at. */
  readonly settled: Set<number>;
};

type Request = {
  readonly kind: 'plan' | 'apply';
  readonly order: RunOrder;
  readonly sync: boolean;
  readonly key: string;
};

const markOf = (branch: string, folder: string) => `${branch}-${folder}`;

async function openWorld(setting: Setting, seed: number): Promise<World> {
  const dataDir = await temporaryDir();
  const reposDir = await temporaryDir();
  const repo = join(reposDir, 'acme', 'infra');
  await mkdir(repo, { recursive: true });
  const files = folders.flatMap((folder) =>
    Object.entries(setting.project).map(([name, text]) => [`${folder}/${name}`, text] as const),
  );
  await makeRepo(repo, { 'atlantis.yaml': config, ...Object.fromEntries(files) });
  const branches = Array.from({ length: (setting.rounds + 1) * requestsPerRound }, (_, index) => `r${index}`);
  await addBranches(
    repo,
    branches.map((branch) => ({
      branch,
      files: Object.fromEntries(folders.map((folder) => [`${folder}/mark`, markOf(branch, folder)])),
    })),
  );
  const flags = {
    port: await portFinder()(),
    'data-dir': dataDir,
    'local-repos-dir': reposDir,
    'repo-allowlist': '*',
    'api-secret': apiSecret,
    'terraform-binary': setting.engine.binary,
    'default-tf-distribution': 'terraform',
    ...(setting.databaseUrl === undefined ? {} : { 'database-url': setting.databaseUrl }),
  };
  return {
    ...setting,
    random: createRandom(seed),
    dataDir,
    flags,
    unanswered: new Map(),
    answers: new Map(),
    accepted: new Set(),
    settled: new Set(),
  };
}

/** Sends a request and keeps it for the next server until it has its answer. */
async function send(world: World, client: ApiClient, request: Request): Promise<void> {
  world.unanswered.set(request.key, request);
  const headers = { 'idempotency-key': request.key };
  const call = request.sync ? client.command : client.start;
  const reply = await call(request.kind, request.order, headers).catch(() => undefined);
  if (!reply) return;
  const runId = Number(reply.headers.get('x-polder-run-id'));
  expect([200, 202, 500], JSON.stringify(reply.body)).toContain(reply.status);
  expect(runId, JSON.stringify(reply.body)).toBeGreaterThan(0);
  const before = world.answers.get(request.key);
  if (before !== undefined) expect(runId).toBe(before);
  world.answers.set(request.key, runId);
  world.accepted.add(runId);
  world.unanswered.delete(request.key);
}

function chooseRequests({ random }: World, round: number): Request[] {
  return Array.from({ length: requestsPerRound }, (_, index) => {
    const branch = `r${round * requestsPerRound + index}`;
    const chosen = names.filter(() => random.chance(0.4));
    return {
      kind: random.chance(0.65) ? 'apply' : 'plan',
      order: { Ref: branch, Projects: chosen.length > 0 ? chosen : [random.pick(names)] },
      sync: random.chance(0.25),
      key: branch,
    };
  });
}

/** One server, from its start to its violent end while it works. */
async function oneRound(world: World, round: number): Promise<void> {
  const { random } = world;
  if (random.chance(0.2)) await killWhileStarting(world);
  const server = await startServer({ flags: world.flags });
  const client = apiClient(server.url);
  const work = [...world.unanswered.values(), ...chooseRequests(world, round)].map(async (request) => {
    await pause(random.number(300));
    await send(world, client, request);
  });
  // Some moments are worse than others: half of the servers die while something is applied.
  if (random.chance(0.5)) await pause(random.number(1800));
  else await whileApplying(world.engine, random.number(200));
  await server.stop('SIGKILL');
  await Promise.all(work);
}

/** Waits until an apply has been at work for so long; not for ever, since there may be none. */
async function whileApplying(engine: DiaryEngine, afterMs: number): Promise<void> {
  const isApplying = async () =>
    (await engine.starts()).some((one) => one.command === 'apply' && one.end === undefined);
  await waitFor('an apply', isApplying, { timeoutMs: 5000 }).catch(() => undefined);
  await pause(afterMs);
}

/** A server that does not even come to serve. */
async function killWhileStarting(world: World): Promise<void> {
  const args = Object.entries(world.flags).map(([name, value]) => `--${name}=${value}`);
  const child = spawn(process.execPath, [polderProgram, 'server', ...args], { stdio: 'ignore' });
  const ended = once(child, 'exit');
  await pause(200 + world.random.number(1000));
  child.kill('SIGKILL');
  await ended;
}

/** Lets a server bring everything to its end, and looks at it. */
async function settle(world: World): Promise<void> {
  const server = await startServer({ flags: world.flags });
  const client = apiClient(server.url);
  await Promise.all([...world.unanswered.values()].map((request) => send(world, client, request)));
  expect([...world.unanswered.keys()]).toEqual([]);
  await waitFor('all runs to end', async () => (await client.runs()).every((run) => run.ended_at !== null), {
    timeoutMs: 60_000,
    everyMs: 100,
  });
  for (const { id, state } of await client.runs()) {
    if (state === 'interrupted' && !world.settled.has(id)) await lookAtInterrupted(world, client, await client.run(id));
    world.settled.add(id);
  }
  expect(await client.locks()).toEqual([]);
  await expectNothingWorking(server);
  expect(await server.stop('SIGTERM')).toEqual({ code: 0, signal: null });
}

async function expectNothingWorking(server: TestServer): Promise<void> {
  expect(await processesIn(server.dataDir)).toEqual([]);
  expect(await readdir(join(server.dataDir, 'polder', 'jobs')).catch(() => [])).toEqual([]);
  expect(await readdir(join(server.dataDir, 'polder', 'checkouts'))).toEqual([]);
}

/** It says what happened, keeps its lock, and its state is there once the lock is gone. */
async function lookAtInterrupted(world: World, client: ApiClient, run: ApiRun): Promise<void> {
  for (const job of run.jobs.filter((one) => one.state === 'interrupted')) {
    const { name, dir } = job.project;
    expect(job.outcome?.message).toMatch(/^The server stopped while this apply was running.*It is not repeated\./);
    expect((await client.log(job.id)).trimEnd().split('\n').at(-1)).toBe(`polder: ${job.outcome?.message}`);
    const lock = (await client.locks()).find((one) => one.ProjectName === name);
    expect(lock).toMatchObject({ PullID: `-${run.id}` });
    const plan = { Ref: run.ref, Projects: [name] };
    const refused = await client.command('plan', plan);
    expect(refused.body.ProjectResults[0]?.Failure).toContain(`is currently locked by run ${run.id} of `);
    expect((await client.deleteLock(lock?.Name ?? '')).status).toBe(200);
    const planned = await client.command('plan', plan);
    expect(planned.status).toBe(200);
    const hasRun = (await world.engine.marks()).includes(markOf(run.ref, dir) + suffixOf(name));
    const isLatest =
      hasRun &&
      (await world.engine.marks()).findLast((mark) => isOf(mark, name)) === markOf(run.ref, dir) + suffixOf(name);
    const unchanged = planned.body.ProjectResults[0]?.PlanSuccess?.TerraformOutput.includes('No changes.');
    expect(unchanged, `run ${run.id}, ${name}`).toBe(isLatest);
  }
}

/** Projects of one folder leave marks that differ by their workspace. */
const suffixOf = (name: string) => (name === 'app-eu' ? '@eu' : '@default');
const isOf = (mark: string, name: string) => mark.endsWith(`-${projects[name as ProjectName]}${suffixOf(name)}`);

/** What a killed server left, by how often it came about. */
type Effects = { readonly interrupted: number; readonly restarted: number };

async function judge(world: World): Promise<Effects> {
  const { engine, databaseUrl, dataDir } = world;
  const starts = await engine.starts();
  expect(overlaps(starts)).toEqual([]);
  expect(starts.filter((one) => one.end === undefined)).toEqual([]);
  const marks = await engine.marks();
  expect(marks.length).toBe(new Set(marks).size);
  const db = await openDatabase({ url: databaseUrl ?? `sqlite:${dataDir}/polder/polder.db`, log: silentLog() });
  try {
    const rows = await db.query
      .selectFrom('jobs')
      .innerJoin('runs', 'runs.id', 'jobs.run_id')
      .select([
        'runs.id',
        'runs.ref',
        'runs.kind',
        'jobs.project_name as project',
        'jobs.state',
        'jobs.outcome',
        'jobs.attempt',
      ])
      .execute();
    for (const row of rows) {
      const left = marks.includes(markOf(row.ref, projects[row.project as ProjectName]) + suffixOf(row.project));
      const outcome = JSON.parse(row.outcome ?? 'null') as { kind: string; refusal?: { kind: string } };
      const is = `run ${row.id}, ${row.kind} of ${row.project}: ${row.outcome}`;
      if (row.kind === 'plan') expect(['planned', 'unchanged', 'refused'], is).toContain(outcome.kind);
      else expect(['applied', 'interrupted', 'refused'], is).toContain(outcome.kind);
      if (outcome.kind === 'refused') expect(outcome.refusal?.kind, is).toBe('locked');
      if (outcome.kind === 'applied') expect(left, is).toBe(true);
      if (outcome.kind === 'refused') expect(left, is).toBe(row.kind === 'plan' && left);
    }
    const runIds = new Set(rows.map((row) => row.id));
    expect([...world.accepted].filter((id) => !runIds.has(id))).toEqual([]);
    expect(await db.query.selectFrom('tasks').selectAll().execute()).toEqual([]);
    expect(await db.query.selectFrom('plan_files').select('plan_id').execute()).toEqual([]);
    const states = await db.query
      .selectFrom('state_versions')
      .select(['dir', 'workspace', 'serial', 'conflict'])
      .orderBy('id')
      .execute();
    expect(states.filter((state) => state.conflict !== null)).toEqual([]);
    for (const name of names) {
      const serials = states
        .filter((state) => state.dir === projects[name] && state.workspace === (name === 'app-eu' ? 'eu' : 'default'))
        .map((state) => state.serial);
      expect(serials).toEqual(serials.toSorted((a, b) => a - b));
      expect(new Set(serials).size).toBe(serials.length);
    }
    const interrupted = rows.filter((row) => row.state === 'interrupted').length;
    return { interrupted, restarted: rows.filter((row) => row.attempt > 1).length };
  } finally {
    await db.close();
  }
}

/** Fails unless all is well in the end. Gives whether the kills, if there were many, came at moments that matter. */
async function killAgainAndAgain(setting: Setting, seed: number): Promise<boolean> {
  const world = await openWorld(setting, seed);
  for (let round = 0; round < setting.rounds; round += 1) {
    await oneRound(world, round);
    if (world.random.chance(0.3)) await settle(world);
  }
  await settle(world);
  const { interrupted, restarted } = await judge(world);
  return setting.rounds < 10 || (interrupted > 0 && restarted > 0);
}

/** Every other apply takes longer than a server needs to start, so that the next one finds it at work. */
const slowFake = {
  'main.tf': '',
  'fake.sh': 'case $command,$mark in plan,*) sleep 0.1 ;; apply,r*[13579]-*) sleep 2 ;; apply,*) sleep 0.2 ;; esac\n',
};

const slowReal = (marksFile: string) => ({
  'main.tf': `resource "terraform_data" "it" {
  triggers_replace = trimspace(file("\${path.module}/mark"))
  provisioner "local-exec" {
    command = "sleep 0.2; echo '\${trimspace(file("\${path.module}/mark"))}@\${terraform.workspace}' >> ${marksFile}"
  }
}
`,
});

const seed = testSeed();
const minute = 60_000;

describe(`a server that is killed again and again (POLDER_TEST_SEED=${seed})`, () => {
  it('loses no run and repeats no apply', { timeout: 10 * minute }, async () => {
    const engine = await fakeEngine();
    expect(await killAgainAndAgain({ rounds: scaled(30), engine, project: slowFake }, seed)).toBe(true);
  });

  it('does so with the real engine', { timeout: 10 * minute }, async () => {
    const engine = await diaryOfEngine();
    expect(await killAgainAndAgain({ rounds: scaled(15), engine, project: slowReal(engine.marksFile) }, seed)).toBe(
      true,
    );
  });

  it('does so on PostgreSQL', { timeout: 10 * minute }, async () => {
    const databaseUrl = await ownPostgresUrl('empty');
    const engine = await fakeEngine();
    expect(await killAgainAndAgain({ rounds: scaled(10), engine, project: slowFake, databaseUrl }, seed)).toBe(true);
  });
});
