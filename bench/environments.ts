/*
 * GitLab's Environments API over a repository with 100,000 environments and 1,000,000 deployments, on both database
 * engines: lists, searches and single environments, each with an apply of a commit of its own that deployed it last, for
 * 16 connections that together ask 200 times a second; 10,000 review apps scheduled for deletion in ten calls and 10,000
 * stale environments stopped; 100,000 timers, and what they cost while none is due.
 *
 * BENCH_ENVIRONMENTS and BENCH_SECONDS make it smaller.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Db } from '../src/db/index.ts';
import { onBothDatabases, type ServerPlace, withDb } from './support/both-databases.ts';
import {
  addApplies,
  addDeployments,
  addEnvironments,
  addRepo,
  addToken,
  gatherStatistics,
} from './support/gitlab-data.ts';
import { type PolderServer, requireBuild, withPolder } from './support/polder-server.ts';
import { judge, median, percentile, row, showLoad } from './support/report.ts';
import { load, type Target, timed } from './support/request-load.ts';
import { withScratch } from './support/scratch.ts';

const environments = Number(process.env.BENCH_ENVIRONMENTS ?? 100_000);
const deployments = 10 * environments;
const few = 1000;
const rate = { connections: 16, perSecond: 200, seconds: Number(process.env.BENCH_SECONDS ?? 10) };
const idleSeconds = 20;

requireBuild();
await withScratch(async (dir) => {
  await onBothDatabases(dir, measure);
});

async function measure({ dataDir, databaseUrl }: ServerPlace): Promise<void> {
  const token = await withDb(databaseUrl, seed);
  showLoad();
  const flags = { 'data-dir': dataDir, 'database-url': databaseUrl, 'local-repos-dir': dataDir };
  await withPolder(flags, async (server) => {
    const target = { url: `${server.url}/api/v4`, token };
    await measureReads(target);
    await measureBulk(target);
  });
  const without = await withPolder(flags, idleShare);
  await withDb(databaseUrl, addTimers);
  await withPolder(flags, async (server) => withDb(databaseUrl, (db) => measureTimers(db, server, without)));
  showLoad();
}

/** Repo 1 has everything, repo 2 few environments, repo 3 what is scheduled and stopped in bulk. */
async function seed(db: Db): Promise<string> {
  for (const [id, name] of ['many', 'few', 'bulk'].entries()) await addRepo(db, id + 1, name);
  await addEnvironments(db, { repoId: 1, count: environments, folder: 'apps', state: 'available' });
  await addDeployments(db, 1, { environments, deployments });
  await addApplies(db, 1, environments);
  await addEnvironments(db, { repoId: 2, count: few, folder: 'apps', state: 'available' });
  await addEnvironments(db, { repoId: 3, count: environments / 10, folder: 'review', state: 'stopped' });
  await addEnvironments(db, { repoId: 3, count: environments / 10, folder: 'stale', state: 'available' });
  await gatherStatistics(db);
  return addToken(db);
}

async function measureReads(target: Target): Promise<void> {
  const list = (repo: number, query = '') => `/projects/${repo}/environments?per_page=20&${query}`;
  const anywhere = (index: number) => 1 + ((index * 7919) % environments);
  const keyset = (index: number) => list(1, `pagination=keyset&id_after=${anywhere(index)}`);
  const p99 = async (label: string, limit: number, pathOf: (index: number) => string) => {
    await load(target, { ...rate, seconds: 1 }, pathOf);
    const times = await load(target, rate, pathOf);
    judge({ label: `${label}, p99`, value: percentile(times, 99), limit, unit: ' ms', digits: 1 });
    return times;
  };
  await p99('any page (keyset)', 20, keyset);
  // Twenty applies with their runs, users and commits: what a client would else ask for one by one.
  await p99('any page with last deployments', 50, (index) => `${keyset(index)}&include_last_deployment=true`);
  await p99('one environment', 20, (index) => `/projects/1/environments/${anywhere(index)}`);
  const ofDeployments = '/projects/1/deployments?per_page=20&pagination=keyset';
  await p99('any page of deployments (keyset)', 20, (index) => `${ofDeployments}&id_after=${10 * anywhere(index)}`);
  await p99('search', 50, (index) => list(1, `search=app-${anywhere(index)}`));
  await p99('search that finds a tenth', 50, () => list(1, 'search=app-1'));
  const ofFew = await p99(`first page of ${few}`, 20, () => list(2));
  const ofMany = await p99(`first page of ${environments}`, 20, () => list(1));
  judge({
    label: 'first page, many / few',
    value: median(ofMany) / median(ofFew),
    limit: 1.5,
    unit: ' times',
    digits: 2,
  });
}

async function measureBulk(target: Target): Promise<void> {
  const tenth = environments / 100;
  const begun = performance.now();
  for (let call = 0; call < 10; call += 1) {
    const path = `/projects/3/environments/review_apps?dry_run=false&limit=${tenth}`;
    await timed(target, { method: 'DELETE', path });
  }
  const scheduled = (performance.now() - begun) / 1000;
  judge({
    label: `${10 * tenth} review apps scheduled, ten calls`,
    value: scheduled,
    limit: 10,
    unit: ' s',
    digits: 2,
  });
  const stopping = performance.now();
  await timed(target, { method: 'POST', path: '/projects/3/environments/stop_stale?before=2024-01-01' });
  const asked = (performance.now() - stopping) / 1000;
  const left = `/projects/3/environments?states=available&per_page=1`;
  while ((await countOf(target, left)) > 0) await pause(50);
  const stopped = (performance.now() - stopping) / 1000;
  row('stop_stale, the call', `${asked.toFixed(2)} s`);
  judge({ label: `${10 * tenth} stale environments stopped`, value: stopped, limit: 10, unit: ' s', digits: 2 });
}

async function countOf({ url, token }: Target, path: string): Promise<number> {
  const response = await fetch(`${url}${path}`, { headers: { 'private-token': token } });
  await response.arrayBuffer();
  return Number(response.headers.get('x-total') ?? Number.POSITIVE_INFINITY);
}

/** Nine of ten far away, one of ten spread over ten seconds that begin when the server is surely up. */
async function addTimers(db: Db): Promise<void> {
  const soon = Date.now() + 10_000 + idleSeconds * 1000;
  for (const [id, name] of ['far', 'near'].entries()) await addRepo(db, id + 4, name);
  await addEnvironments(db, {
    repoId: 4,
    count: 0.9 * environments,
    folder: 'far',
    state: 'available',
    stopAt: '4000000000000',
  });
  const spread = `cast(${soon} as bigint) + i * 10000 / ${environments / 10}`;
  await addEnvironments(db, {
    repoId: 5,
    count: environments / 10,
    folder: 'near',
    state: 'available',
    stopAt: spread,
  });
}

/** How much of a core a server uses that has nothing to do, in percent, once its start is over. */
async function idleShare(server: PolderServer): Promise<number> {
  await pause(5000);
  const before = server.usage().ownSeconds;
  await pause((idleSeconds - 5) * 1000);
  return (100 * (server.usage().ownSeconds - before)) / (idleSeconds - 5);
}

/** `without`: what the whole server uses that has no timers. */
async function measureTimers(db: Db, server: PolderServer, without: number): Promise<void> {
  const share = await idleShare(server);
  row('idle server, of a core', `${share.toFixed(2)} %, without timers ${without.toFixed(2)} %`);
  const value = Math.max(0, share - without);
  judge({ label: `${environments} timers, none due: of a core`, value, limit: 1, unit: ' %', digits: 2 });
  const due = sql<{ n: number }>`select count(*) as n from environments where repo_id = 5 and state = 'available'`;
  while (Number((await due.execute(db.query)).rows[0]?.n) > 0) await pause(200);
  // They were made as if at the time at which they are due.
  const late = sql<{ ms: number }>`select max(updated_at - created_at) as ms from environments where repo_id = 5`;
  const worst = Number((await late.execute(db.query)).rows[0]?.ms) / 1000;
  judge({ label: 'worst lateness of a timer', value: worst, limit: 2, unit: ' s', digits: 3 });
}
