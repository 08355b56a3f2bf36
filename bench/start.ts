/*
 * The real program from its start to the first 200 on `/readyz`: with an empty data directory, where the database is
 * made first, and with that of an earlier start; and the memory of a server that has nothing to do. The processor time
 * tells a slow start from a busy machine.
 *
 * BENCH_ROUNDS makes it longer or shorter.
 */
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { onBothDatabases, type ServerPlace } from './support/both-databases.ts';
import { requireBuild, withPolder } from './support/polder-server.ts';
import { judge, median, row, showLoad } from './support/report.ts';
import { withScratch } from './support/scratch.ts';

const rounds = Number(process.env.BENCH_ROUNDS ?? 7);
const idleMs = 10_000;

requireBuild();
await withScratch((dir) => onBothDatabases(dir, measure));

type Start = { readonly readyMs: number; readonly processorMs: number };

async function measure({ dataDir, databaseUrl }: ServerPlace): Promise<void> {
  showLoad();
  const start = async (name: string, url: string, thenIdle: boolean) => {
    const starts: Start[] = [];
    const flags = { 'data-dir': join(dataDir, name), 'database-url': url, 'local-repos-dir': dataDir };
    await withPolder(flags, async (server) => {
      starts.push({ readyMs: server.readyMs, processorMs: server.usage().ownSeconds * 1000 });
      if (!thenIdle) return;
      await pause(idleMs);
      const label = `memory, ${idleMs / 1000} s after the start`;
      judge({ label, value: server.usage().residentMb, limit: 120, unit: ' MB' });
    });
    return starts;
  };
  const isFile = databaseUrl.startsWith('sqlite:');
  const first: Start[] = [];
  for (let round = 0; isFile && round < rounds; round += 1) {
    first.push(...(await start(`new-${round}`, `${databaseUrl}-${round}`, false)));
  }
  if (isFile) tell('first start to ready', first);
  await start('used', databaseUrl, true);
  const again: Start[] = [];
  for (let round = 0; round < rounds; round += 1) again.push(...(await start('used', databaseUrl, false)));
  tell('start to ready', again);
}

function tell(label: string, starts: readonly Start[]): void {
  const times = starts.map((start) => start.readyMs);
  row(`${label}, each`, times.map((ms) => `${ms.toFixed(0)} ms`).join(', '));
  row(`${label}, processor time`, `${median(starts.map((start) => start.processorMs)).toFixed(0)} ms`);
  judge({ label: `${label}, median`, value: median(times), limit: 1000, unit: ' ms' });
}
