/*
 * 1,000 deliveries a second for 10 s, over 64 connections: one in ten is a command, over 100 pull requests, and work
 * goes on meanwhile with an engine that does nothing. In the middle the server is killed with SIGKILL, started again,
 * and the deliveries that had no answer are sent again, as a host's user would. Then every delivery has to be stored,
 * each once, and every command has to come to its end.
 *
 * A time counts from the moment at which its delivery was due, whether or not a connection was free. Those that met a
 * dead server are left out of the times, and each server is given a second of deliveries before its times count.
 * BENCH_SECONDS makes it shorter.
 */
import { execFileSync } from 'node:child_process';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { withDb } from './support/both-databases.ts';
import { headOf, makeLargeRepo, setPullRef } from './support/large-repo.ts';
import { freePort, type PolderServer, requireBuild, startPolder } from './support/polder-server.ts';
import { judge, percentile, row, showLoad } from './support/report.ts';
import { withScratch } from './support/scratch.ts';
import { sleepingEngine } from './support/sleeping-engine.ts';
import { type Delivery, type SmallGithub, smallGithub } from './support/small-github.ts';

const seconds = Number(process.env.BENCH_SECONDS ?? 10);
const perSecond = 1_000;
const pullCount = 100;
const kills = process.env.BENCH_KILL !== '0';

type To = { readonly url: string; readonly agent: Agent };
type Sent = { readonly delivery: Delivery; ms: number | undefined };

requireBuild();
await withScratch(async (dir) => {
  const source = join(dir, 'infra.git');
  const branch = (index: number) => ({
    branch: `b${index}`,
    from: 'main',
    files: [[`p${index}/main.tf`, '# 2\n']] as const,
  });
  const folders = Array.from({ length: pullCount }, (_, index) => `p${index}`);
  makeLargeRepo(source, [
    { branch: 'main', files: folders.map((folder) => [`${folder}/main.tf`, '# 1\n'] as const) },
    ...folders.map((_, index) => branch(index)),
  ]);
  execFileSync('git', ['-C', source, 'repack', '-adq']);
  const github = await smallGithub(source);
  const pulls = folders.map((_, index) => {
    const pull = { number: index + 1, headSha: headOf(source, `b${index}`), headBranch: `b${index}` };
    setPullRef(source, pull.number, pull.headSha);
    github.pulls.set(pull.number, pull);
    return pull;
  });
  const flags = {
    ...github.flags,
    port: await freePort(),
    'data-dir': join(dir, 'data'),
    'terraform-binary': await sleepingEngine(dir, 0),
  };
  const make = (count: number) =>
    Array.from({ length: count }, (_, index) => {
      const pull = pulls[(index * 7) % pullCount] ?? pulls[0];
      if (!pull) throw new Error('no pull requests');
      return github.comment(pull, index % 10 === 0 ? 'atlantis plan' : 'Looks good to me.');
    });
  try {
    await measure({ dir, flags, github, make });
  } finally {
    await github.close();
  }
});

type Bench = {
  readonly dir: string;
  readonly flags: Readonly<Record<string, string | number>>;
  readonly github: SmallGithub;
  make(count: number): Delivery[];
};

async function measure({ dir, flags, github, make }: Bench): Promise<void> {
  const deliveries = make(seconds * perSecond);
  const warmUps = [make(perSecond), make(kills ? perSecond : 0)] as const;
  let server: PolderServer = await startPolder(flags, github.env);
  showLoad();
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  await send({ url: server.url, agent }, warmUps[0]);
  const half = deliveries.length / 2;
  const first = await send(
    { url: server.url, agent },
    deliveries.slice(0, half),
    kills ? () => server.stop('SIGKILL') : undefined,
  );
  if (kills) server = await startPolder(flags, github.env);
  await send({ url: server.url, agent }, warmUps[1]);
  const lost = first.filter(({ ms }) => ms === undefined).map(({ delivery }) => delivery);
  const second = await send({ url: server.url, agent }, deliveries.slice(half));
  const again = await send({ url: server.url, agent }, lost);
  agent.destroy();
  showLoad();
  const times = [...first, ...second, ...again].flatMap(({ ms }) => ms ?? []);
  row('answered, and of them after the kill anew', `${times.length}, ${again.length}`);
  row(
    '50, 90, 99, 100 of 100 answered within',
    [50, 90, 99, 100].map((p) => `${percentile(times, p).toFixed(1)} ms`).join(', '),
  );
  const { ownSeconds, peakMb } = server.usage();
  row("the server's own processor time, memory", `${ownSeconds.toFixed(1)} s, ${peakMb.toFixed(0)} MB`);
  judge({ label: '99 of 100 are answered within', value: percentile(times, 99), limit: 50, unit: ' ms', digits: 1 });
  await stored(dir, [...deliveries, ...warmUps.flat()]);
  await server.stop('SIGKILL');
}

/** Each when its time has come, whether or not others have their answer; with `midway` called once all are on their way. */
async function send(
  { url, agent }: To,
  deliveries: readonly Delivery[],
  midway?: () => Promise<void>,
): Promise<Sent[]> {
  const begun = performance.now();
  const all = deliveries.map(async (delivery, index) => {
    const due = begun + (index * 1000) / perSecond;
    await pause(due - performance.now());
    const isTaken = await post({ url, agent }, delivery);
    return { delivery, ms: isTaken ? performance.now() - due : undefined };
  });
  if (midway) {
    // While deliveries still come in.
    await pause((deliveries.length * 1000) / perSecond - 200);
    await midway();
  }
  return Promise.all(all);
}

function post({ url, agent }: To, { headers, body }: Delivery): Promise<boolean> {
  return new Promise((resolve) => {
    const sent = request(`${url}/events`, { method: 'POST', agent, headers }, (response) => {
      response.resume();
      response.once('end', () => resolve(response.statusCode === 200));
      response.once('error', () => resolve(false));
    });
    sent.once('error', () => resolve(false)).end(body);
  });
}

async function stored(dir: string, deliveries: readonly Delivery[]): Promise<void> {
  await withDb(`sqlite:${join(dir, 'data', 'polder', 'polder.db')}`, async (db) => {
    const rows = await db.query.selectFrom('deliveries').select('delivery_id').execute();
    const commands = await db.query.selectFrom('pull_commands').select(['state']).execute();
    const ids = new Set(rows.map((one) => one.delivery_id));
    const missing = deliveries.filter(({ headers }) => !ids.has(headers['x-github-delivery'] ?? ''));
    row(
      'commands, and of them done by now',
      `${commands.length}, ${commands.filter(({ state }) => state === 'done').length}`,
    );
    judge({ label: 'deliveries that are not stored', value: missing.length, limit: 0, unit: '' });
    judge({ label: 'deliveries that are stored twice', value: rows.length - ids.size, limit: 0, unit: '' });
    const expected = deliveries.length / 10;
    judge({ label: 'commands too many or too few', value: Math.abs(commands.length - expected), limit: 0, unit: '' });
  });
}
