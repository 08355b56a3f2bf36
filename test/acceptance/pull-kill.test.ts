import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/db/index.ts';
import { processesIn } from '../../src/exec/index.ts';
import { silentLog } from '../../src/lib/log.ts';
import { apiClient } from '../support/api-client.ts';
import { type DiaryEngine, fakeEngine, overlaps } from '../support/fake-engine.ts';
import {
  type Delivery,
  deliver,
  type FakePull,
  type GithubWorld,
  openGithubWorld,
  underWay,
} from '../support/github-world.ts';
import { createRandom, type Random, testSeed } from '../support/random.ts';
import { scaled } from '../support/scale.ts';
import type { TestServer } from '../support/server.ts';
import { waitFor } from '../support/wait-for.ts';

/*
 * A server is killed with SIGKILL again and again while pull requests are opened, pushed to, commented on and closed.
 * Each pull request has two projects of its own, and each push gives both of them a mark that no other push has: an
 * apply that was executed twice would leave its mark twice.
 */

const pullCount = 4;
const folders = Array.from({ length: pullCount }, (_, index) => [`p${index}/net`, `p${index}/app`]).flat();
const config = `version: 3
parallel_plan: true
parallel_apply: true
projects:
${folders.map((dir) => `- {dir: ${dir}, autoplan: {when_modified: ['*']}}\n`).join('')}`;
/** To apply a plan without changes changes nothing. */
const fake = `case $command in
plan) sleep 0.1 ;;
apply) sleep 0.3; grep -qs "\\"mark\\":\\"$mark\\"" "$state" && { echo 'Apply complete!'; exit 0; } ;;
esac
`;
const files = Object.fromEntries(
  folders.flatMap((dir) => [
    [`${dir}/main.tf`, ''],
    [`${dir}/fake.sh`, fake],
  ]),
);

type World = {
  readonly github: GithubWorld;
  readonly engine: DiaryEngine;
  readonly random: Random;
  readonly pulls: FakePull[];
  /** Deliveries without an answer, to be sent again to the next server. */
  readonly unanswered: Set<Delivery>;
  /** The ids of those that were acknowledged. */
  readonly acknowledged: Set<string>;
  pushes: number;
  turn: Promise<unknown>;
};

async function openWorld(seed: number, onPostgres: boolean): Promise<World> {
  const engine = await fakeEngine();
  const flags = { 'parallel-pool-size': 4 };
  const github = await openGithubWorld({
    files: { ...files, 'atlantis.yaml': config },
    engine: engine.binary,
    flags,
    onPostgres,
  });
  const world: World = {
    github,
    engine,
    random: createRandom(seed),
    pulls: [],
    unanswered: new Set(),
    acknowledged: new Set(),
    pushes: 0,
    turn: Promise.resolve(),
  };
  for (let index = 0; index < pullCount; index += 1) {
    world.pulls.push(await github.openPull(`branch-${index}`, marks(world, index)));
  }
  return world;
}

function marks(world: World, index: number): Record<string, string> {
  world.pushes += 1;
  const mark = `push${world.pushes}`;
  return { [`p${index}/net/mark`]: `${mark}-net`, [`p${index}/app/mark`]: `${mark}-app` };
}

async function send(world: World, server: TestServer, delivery: Delivery): Promise<void> {
  world.unanswered.add(delivery);
  const answer = await deliver(server, delivery).catch(() => undefined);
  if (!answer) return;
  // A server that is about to die may say that it could not keep it.
  if (answer.status === 503) return;
  expect(answer.status, answer.text).toBe(200);
  world.unanswered.delete(delivery);
  world.acknowledged.add(delivery.headers['x-github-delivery'] ?? '');
}

const bodies = [
  'atlantis plan',
  'atlantis apply',
  'atlantis apply',
  'atlantis apply',
  'atlantis help',
  'atlantis unlock',
];

/** Something that happens to one of the pull requests. */
async function oneEvent(world: World): Promise<Delivery> {
  const { github, random, pulls } = world;
  const index = random.integer(pulls.length);
  const pull = pulls[index] as FakePull;
  if (random.chance(0.3)) {
    await inTurn(world, () => github.push(pull, marks(world, index)));
    return github.github.pullEvent(github.repo, pull, 'synchronize');
  }
  const body = random.chance(0.05) ? 'atlantis cancel' : random.pick(bodies);
  return github.github.commentEvent(github.repo, pull, github.github.addComment(pull, body));
}

/** The repository has one work tree. */
async function inTurn(world: World, work: () => Promise<unknown>): Promise<void> {
  world.turn = world.turn.then(work);
  await world.turn;
}

async function oneRound(world: World): Promise<void> {
  const { random } = world;
  const server = await world.github.start();
  const again = [...world.unanswered].map((delivery) => send(world, server, delivery));
  const events = Array.from({ length: 4 }, async () => {
    await pause(random.number(800));
    await send(world, server, await oneEvent(world));
  });
  await pause(random.number(2500));
  await server.stop('SIGKILL');
  await Promise.all([...again, ...events]);
}

/** Lets a server bring everything to its end. */
async function settle(world: World): Promise<TestServer> {
  const server = await world.github.start();
  await Promise.all([...world.unanswered].map((delivery) => send(world, server, delivery)));
  expect([...world.unanswered]).toEqual([]);
  await untilIdle(world);
  return server;
}

async function untilIdle({ github }: World): Promise<void> {
  await withDb(github, async (db) => {
    const isIdle = async () => (await db.query.selectFrom('tasks').select('id').execute()).length === 0;
    await waitFor('the queue to be empty', isIdle, { timeoutMs: 60_000, everyMs: 50 });
  });
}

async function withDb<T>(
  { databaseUrl }: GithubWorld,
  work: (db: Awaited<ReturnType<typeof openDatabase>>) => Promise<T>,
) {
  const db = await openDatabase({ url: databaseUrl, log: silentLog() });
  try {
    return await work(db);
  } finally {
    await db.close();
  }
}

async function judge(world: World): Promise<void> {
  const { github, engine, pulls } = world;
  expect(underWay(github)).toEqual([]);
  const starts = await engine.starts();
  expect(overlaps(starts)).toEqual([]);
  const left = await engine.marks();
  expect(left.filter((mark, index) => left.indexOf(mark) !== index)).toEqual([]);
  await withDb(github, async (db) => {
    const kept = await db.query.selectFrom('deliveries').select('delivery_id').execute();
    const ids = new Set(kept.map((row) => row.delivery_id));
    expect([...world.acknowledged].filter((id) => !ids.has(id))).toEqual([]);
    const commands = await db.query.selectFrom('pull_commands').selectAll().execute();
    expect(commands.filter((command) => command.ended_at === null)).toEqual([]);
    const noted = await db.query.selectFrom('pull_comments').selectAll().execute();
    expect(noted.filter((row) => row.comment_id === null)).toEqual([]);
    const known = new Set(noted.map((row) => row.comment_id));
    expect(known.size).toBe(noted.length);
    for (const pull of pulls) {
      const own = pull.comments.filter(({ author }) => author === github.github.state.login);
      const others = own.filter(({ id }) => !known.has(String(id)));
      expect(others.filter(({ body }) => !body.startsWith('```cmake\natlantis')).map(({ body }) => body)).toEqual([]);
      const asked = pull.comments.filter(({ body }) => body === 'atlantis help').length;
      expect(others.length).toBeLessThanOrEqual(asked);
    }
    // What had a run and was not left behind has been answered.
    const runs = await db.query.selectFrom('runs').select(['id', 'state']).execute();
    const stateOf = new Map(runs.map((run) => [run.id, run.state]));
    expect(runs.filter(({ state }) => state === 'queued' || state === 'running')).toEqual([]);
    const answered = new Set(noted.map((row) => row.command_id));
    const unanswered = commands.filter(({ id, run_id: runId }) => runId !== null && !answered.has(id));
    expect(unanswered.filter(({ run_id: runId }) => stateOf.get(runId ?? 0) !== 'cancelled')).toEqual([]);
    const twice = runs.length - new Set(commands.flatMap(({ run_id: runId }) => runId ?? [])).size;
    expect(twice).toBe(0);
  });
}

/** Nothing is held for pull requests that are closed. */
async function closeAll(world: World, server: TestServer): Promise<void> {
  const { github, pulls } = world;
  for (const pull of pulls) {
    pull.state = 'closed';
    await send(world, server, github.github.pullEvent(github.repo, pull, 'closed'));
  }
  await untilIdle(world);
  expect(await apiClient(server.url).locks()).toEqual([]);
  expect(await processesIn(server.dataDir)).toEqual([]);
  const polder = join(server.dataDir, 'polder');
  for (const folder of ['jobs', 'checkouts', 'kept-checkouts']) {
    expect(await readdir(join(polder, folder)).catch(() => []), folder).toEqual([]);
  }
}

/** Fails unless all is well in the end. Gives how many deliveries were acknowledged. */
async function killAgainAndAgain(rounds: number, onPostgres: boolean): Promise<number> {
  const world = await openWorld(seed, onPostgres);
  const { github } = world;
  for (const pull of world.pulls) world.unanswered.add(github.github.pullEvent(github.repo, pull, 'opened'));
  for (let round = 0; round < rounds; round += 1) {
    await oneRound(world);
    if (world.random.chance(0.25)) await (await settle(world)).stop('SIGTERM');
  }
  const server = await settle(world);
  await judge(world);
  await closeAll(world, server);
  return world.acknowledged.size;
}

const seed = testSeed();
const minute = 60_000;

describe(`a server of pull requests that is killed again and again (POLDER_TEST_SEED=${seed})`, () => {
  it('loses nothing, repeats nothing and says everything once', { timeout: 10 * minute }, async () => {
    expect(await killAgainAndAgain(scaled(20), false)).toBeGreaterThan(pullCount);
  });

  it('does so on PostgreSQL', { timeout: 10 * minute }, async () => {
    expect(await killAgainAndAgain(scaled(10), true)).toBeGreaterThan(pullCount);
  });
});
