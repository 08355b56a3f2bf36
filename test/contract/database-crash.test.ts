import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import type { Db } from '../../src/db/index.ts';
import { onCleanup } from '../support/cleanup.ts';
import { describeDatabases } from '../support/database.ts';
import { scaled } from '../support/scale.ts';
import { waitFor } from '../support/wait-for.ts';
import { addGroup } from './sample-rows.ts';

type Writer = { readonly process: ChildProcess; readonly lines: string[]; readonly ended: Promise<unknown> };

function startWriter(...args: string[]): Writer {
  const program = join(import.meta.dirname, 'database-writer.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', program, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  const ended = once(child, 'close');
  onCleanup(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return { process: child, lines, ended };
}

async function repoIds(db: Db): Promise<number[]> {
  const rows = await db.query.selectFrom('repos').select('id').orderBy('id').execute();
  return rows.map(({ id }) => id);
}

async function integrity(db: Db): Promise<unknown> {
  const { rows } = await sql<{ integrity_check: string }>`pragma integrity_check`.execute(db.query);
  return rows[0]?.integrity_check;
}

describeDatabases('a killed writer', (open, { create, engine }) => {
  it('loses no row that it said was written', { timeout: 300_000 }, async () => {
    const url = await create();
    const db = await open(url);
    const group = String(await addGroup(db));
    await db.close();
    const said: number[] = [];
    for (let kill = 1; kill <= scaled(20); kill += 1) {
      const writer = startWriter(url, group);
      const enough = 2 + Math.floor(Math.random() * 40);
      await waitFor('some rows', () => writer.lines.length > enough, { timeoutMs: 30_000, everyMs: 1 });
      writer.process.kill('SIGKILL');
      await writer.ended;
      said.push(...writer.lines.slice(1).map(Number));
    }
    const again = await open(url);
    const there = new Set(await repoIds(again));

    expect(said.length).toBeGreaterThan(2);
    expect(said.filter((id) => !there.has(id))).toEqual([]);
    expect(engine === 'sqlite' ? await integrity(again) : 'ok').toBe('ok');
  });
});

describeDatabases('programs that start together', (open, { create }) => {
  it('bring the schema up to date between them', async () => {
    const url = await create('empty');
    const writers = Array.from({ length: 4 }, () => startWriter(url));
    await Promise.all(writers.map(({ ended }) => ended));

    expect(writers.map(({ process, lines }) => [process.exitCode, lines])).toEqual(
      Array.from({ length: 4 }, () => [0, ['open']]),
    );
    expect(await addGroup(await open(url))).toBe(1);
  });
});
