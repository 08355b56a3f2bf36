/*
 * `GET /api/locks` with 10,000 locks, in one answer as clients of Atlantis expect it, for 8 clients that ask once a
 * second each, on both database engines; and how large that answer is.
 *
 * BENCH_LOCKS and BENCH_SECONDS make it smaller.
 */
import { onBothDatabases, type ServerPlace, withDb } from './support/both-databases.ts';
import { addLocks, addRepo, addToken, gatherStatistics } from './support/gitlab-data.ts';
import { type PolderServer, requireBuild, withPolder } from './support/polder-server.ts';
import { judge, median, percentile, row, showLoad } from './support/report.ts';
import { load, type Target } from './support/request-load.ts';
import { withScratch } from './support/scratch.ts';

const locks = Number(process.env.BENCH_LOCKS ?? 10_000);
const changesPerSecond = 2;
const rate = { connections: 8, perSecond: 8, seconds: Number(process.env.BENCH_SECONDS ?? 20) };

requireBuild();
await withScratch((dir) => onBothDatabases(dir, measure));

async function measure({ dataDir, databaseUrl }: ServerPlace): Promise<void> {
  const token = await withDb(databaseUrl, async (db) => {
    await addRepo(db, 1, 'many');
    await addRepo(db, 2, 'changing');
    const made = await addToken(db);
    await addLocks(db, { repoId: 1, count: locks });
    await gatherStatistics(db);
    return made;
  });
  const flags = { 'data-dir': dataDir, 'database-url': databaseUrl, 'local-repos-dir': dataDir };
  await withPolder(flags, async (server) => {
    showLoad();
    const target = { url: server.url, token };
    const answer = await (await fetch(`${server.url}/api/locks`)).text();
    row('the answer', `${(answer.length / 1e6).toFixed(2)} MB`);
    await load(target, { ...rate, seconds: 3 }, () => '/api/locks');
    await ask(server, target, `${locks} locks that stay`);
    await withDb(databaseUrl, async (db) => {
      let taken = 0;
      const taking = setInterval(() => {
        taken += 1;
        void addLocks(db, { repoId: 2, from: taken, count: 1 });
      }, 1000 / changesPerSecond);
      await ask(server, target, `${locks} locks, ${changesPerSecond} taken a second`);
      clearInterval(taking);
    });
    const floor = await load(target, rate, () => '/healthz');
    row('for comparison: /healthz, median and p99', showTimes(floor));
    row('memory after it', `${server.usage().residentMb.toFixed(0)} MB`);
  });
}

async function ask(server: PolderServer, target: Target, label: string): Promise<void> {
  const before = server.usage().ownSeconds;
  const times = await load(target, rate, () => '/api/locks');
  const spent = ((server.usage().ownSeconds - before) * 1000) / times.length;
  row(`${label}, median and p99`, `${showTimes(times)}; processor time ${spent.toFixed(1)} ms`);
  judge({ label: `${label}, p99`, value: percentile(times, 99), limit: 100, unit: ' ms', digits: 1 });
}

function showTimes(times: readonly number[]): string {
  return [median(times), percentile(times, 99)].map((ms) => `${ms.toFixed(1)} ms`).join(', ');
}
