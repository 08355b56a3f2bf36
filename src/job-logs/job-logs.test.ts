import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createGate } from '../../test/support/gate.ts';
import { waitFor } from '../../test/support/wait-for.ts';
import { type Db, openDatabase } from '../db/index.ts';
import { silentLog } from '../lib/log.ts';
import { appendLog, closeLog, createLogWriter, followLog, readLog } from './index.ts';

let db: Db;
let jobId: number;

beforeEach(async () => {
  db = await openDatabase({ url: 'sqlite::memory:', log: silentLog() });
  jobId = await insertJob(db);
});
afterEach(() => db.close());

const limit = { maxBytes: 4 * 1024 * 1024 };
const all = async () => {
  const lines: string[] = [];
  for (let from = 0; ; ) {
    const part = await readLog(db, jobId, from);
    for (const piece of part.pieces) lines.push(...piece.lines);
    if (part.nextLine === from) return { lines, complete: part.complete };
    from = part.nextLine;
  }
};

describe('appendLog', () => {
  it('gives back the lines in the order in which they were written', async () => {
    await db.transaction((tx) => appendLog(tx, jobId, { lines: ['a', 'b'], ...limit }));
    await db.transaction((tx) => appendLog(tx, jobId, { lines: ['', 'c'], ...limit }));
    expect(await all()).toEqual({ lines: ['a', 'b', '', 'c'], complete: false });
  });

  it('keeps beginning and end of a log that passes its limit', async () => {
    const line = 'x'.repeat(1000);
    for (let batch = 0; batch < 20; batch += 1) {
      const lines = Array.from({ length: 1000 }, (_, index) => `${batch * 1000 + index} ${line}`);
      await db.transaction((tx) => appendLog(tx, jobId, { lines: lines, ...limit }));
    }
    const { lines } = await all();
    const size = lines.reduce((sum, text) => sum + text.length, 0);
    expect(size).toBeLessThan(limit.maxBytes * 1.5);
    expect(lines[0]).toMatch(/^0 x/);
    expect(lines.at(-1)).toMatch(/^19999 x/);
    expect(lines.filter((text) => text.startsWith('['))).toHaveLength(1);
  });
});

describe('readLog', () => {
  it('reads no more than 300 kB at once', async () => {
    const lines = Array.from({ length: 1_000 }, () => 'x'.repeat(999));
    await db.transaction((tx) => appendLog(tx, jobId, { lines, ...limit }));
    const { pieces, nextLine } = await readLog(db, jobId, 0);
    const read = pieces.flatMap((piece) => piece.lines).length;
    expect(read).toBe(nextLine);
    expect(read).toBeLessThan(300);
    expect((await all()).lines).toHaveLength(1_000);
  });
});

describe('followLog', () => {
  it('hands on lines as they are written and ends with the log', async () => {
    const seen: string[] = [];
    const following = (async () => {
      const options = { fromLine: 1, signal: new AbortController().signal };
      for await (const piece of followLog(db, jobId, options)) seen.push(...piece.lines);
    })();
    await db.transaction((tx) => appendLog(tx, jobId, { lines: ['first', 'second'], ...limit }));
    await db.transaction((tx) => appendLog(tx, jobId, { lines: ['third'], ...limit }));
    await db.transaction((tx) => closeLog(tx, jobId, 1));
    await following;
    expect(seen).toEqual(['second', 'third']);
  });

  it('stops when the reader goes away', async () => {
    const reader = new AbortController();
    const following = followLog(db, jobId, { fromLine: 0, signal: reader.signal }).next();
    reader.abort();
    expect(await following).toEqual({ done: true, value: undefined });
  });
});

describe('createLogWriter', () => {
  it('joins pieces that do not end with a line', async () => {
    const writer = createLogWriter(db, jobId, { ...limit, onFault: () => expect.fail() });
    await writer.write('one\ntw');
    await writer.write('o\nthr');
    await writer.write('ee');
    const flush = await writer.end();
    await db.transaction(flush);
    expect((await all()).lines).toEqual(['one', 'two', 'three']);
  });

  it('writes by itself while the job goes on', async () => {
    const writer = createLogWriter(db, jobId, { ...limit, onFault: () => expect.fail() });
    await writer.write('early\n');
    await expect.poll(async () => (await all()).lines).toEqual(['early']);
    await writer.end();
  });

  it('replaces NUL characters, which PostgreSQL cannot store', async () => {
    const writer = createLogWriter(db, jobId, { ...limit, onFault: () => expect.fail() });
    writer.line('a\0b');
    await db.transaction(await writer.end());
    expect((await all()).lines).toEqual(['a\uFFFDb']);
  });

  it('writes at once when asked to', async () => {
    const writer = createLogWriter(db, jobId, { ...limit, onFault: () => expect.fail() });
    writer.line('early');
    await writer.flush();
    expect((await all()).lines).toEqual(['early']);
    await writer.end();
  });

  it('makes those wait who write faster than the database', async () => {
    const { opened, open } = createGate();
    const writer = createLogWriter(db, jobId, { ...limit, guard: () => opened, onFault: () => expect.fail() });
    const piece = `${'x'.repeat(99_999)}\n`;
    let taken = 0;
    const writing = (async () => {
      for (; taken < 30; taken += 1) await writer.write(piece);
    })();
    await waitFor('the writer to be full', () => taken === 10);
    await nextTurn();
    expect(taken).toBe(10);
    open();
    await writing;
    await db.transaction(await writer.end());
    expect((await all()).lines).toHaveLength(30);
  });

  it('writes later, in order, what could not be written', async () => {
    const faults: unknown[] = [];
    const guard = async () => {
      if (faults.length === 0) throw new Error('the disk is full');
    };
    const writer = createLogWriter(db, jobId, { ...limit, guard, onFault: (error) => faults.push(error) });
    writer.line('one');
    await waitFor('the fault', () => faults.length === 1);
    writer.line('two');
    await waitFor('the lines to be written', async () => (await all()).lines.length === 2);
    expect((await all()).lines).toEqual(['one', 'two']);
    await writer.end();
  });

  it('hands over what could not be written to the last transaction', async () => {
    const faults: unknown[] = [];
    const guard = () => Promise.reject(new Error('the disk is full'));
    const writer = createLogWriter(db, jobId, { ...limit, guard, onFault: (error) => faults.push(error) });
    writer.line('one');
    await waitFor('the fault', () => faults.length === 1);
    writer.line('two');
    await db.transaction(await writer.end());
    expect((await all()).lines).toEqual(['one', 'two']);
  });

  it('drops what it has when another one writes the log, and keeps nobody waiting', async () => {
    const guard = () => Promise.reject(new Error('it is not ours'));
    const lost = new AbortController();
    const options = { ...limit, guard, signal: lost.signal, onFault: () => lost.abort() };
    const writer = createLogWriter(db, jobId, options);
    for (let count = 0; count < 30; count += 1) await writer.write(`${'x'.repeat(99_999)}\n`);
    await writer.end();
    expect((await all()).lines).toEqual([]);
  });
});

async function insertJob(into: Db): Promise<number> {
  const time = { created_at: 1 };
  const { id: group } = await into.query
    .insertInto('groups')
    .values({ host: 'local', path: 'acme', ...time })
    .returning('id')
    .executeTakeFirstOrThrow();
  const { id: repo } = await into.query
    .insertInto('repos')
    .values({ host: 'local', host_type: 'Local', full_name: 'acme/infra', group_id: group, ...time })
    .returning('id')
    .executeTakeFirstOrThrow();
  const { id: actor } = await into.query
    .insertInto('users')
    .values({ kind: 'system', host: '', login: 'polder', name: 'Polder', ...time })
    .returning('id')
    .executeTakeFirstOrThrow();
  const run = { kind: 'plan', state: 'running', repo_id: repo, ref: 'main', commit_sha: '', base_branch: 'main' };
  const { id: runId } = await into.query
    .insertInto('runs')
    .values({ ...run, command: '{}', trigger: '{}', actor_id: actor, ...time })
    .returning('id')
    .executeTakeFirstOrThrow();
  const job = { run_id: runId, position: 0, dir: '.', workspace: 'default', project_name: '', project: '{}' };
  const inserted = await into.query
    .insertInto('jobs')
    .values({ ...job, uuid: 'u', state: 'running', ...time })
    .returning('id')
    .executeTakeFirstOrThrow();
  return inserted.id;
}
