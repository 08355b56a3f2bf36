import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { Profile } from 'pprof-format';
import { describe, expect, it } from 'vitest';
import { onPath } from '../../../../test/support/find-programs.ts';
import { listenOn, openTestApp, requestRaw } from '../../../../test/support/http-app.ts';
import { temporaryDir } from '../../../../test/support/temp.ts';
import { commandLine } from './index.ts';

const settings = { enableProfilingApi: true };

describe('/debug/pprof', () => {
  it('does not exist unless it is enabled', async () => {
    const { app } = await openTestApp();
    for (const path of ['', '/', '/profile', '/heap', '/cmdline', '/symbol', '/trace']) {
      expect((await app.inject({ url: `/debug/pprof${path}` })).statusCode, path).toBe(404);
    }
  });

  it.each([
    ['/debug/pprof', 'href="pprof/heap"'],
    ['/debug/pprof/', 'href="heap"'],
  ])('lists the profiles at %s', async (url, link) => {
    const { app } = await openTestApp({ settings });
    const reply = await app.inject({ url });
    expect([reply.statusCode, reply.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(reply.body).toContain(link);
  });

  it('tells what the process computed', async () => {
    const { app } = await openTestApp({ settings });
    const waiting = app.inject({ url: '/debug/pprof/profile?seconds=0.5' });
    await computeUntil(waiting);
    const reply = await waiting;
    expect(reply.headers['content-type']).toBe('application/octet-stream');
    const profile = decode(reply.rawPayload);
    expect(profile.sampleTypes).toEqual(['samples/count', 'cpu/nanoseconds']);
    // Newer engines merge the one into the other.
    expect(profile.functions.join(' ')).toMatch(/computeForAWhile|computeUntil/);
    expect(profile.total).toBeGreaterThan(0);
    expect(await topOf(reply.rawPayload)).toMatch(/computeForAWhile|computeUntil|skipped/);
  });

  it('tells where memory in use was allocated', async () => {
    const { app } = await openTestApp({ settings });
    const kept = allocateALot();
    const reply = await app.inject({ url: '/debug/pprof/heap?gc=1' });
    expect(kept).toHaveLength(200);
    const profile = decode(reply.rawPayload);
    expect(profile.sampleTypes).toEqual(['inuse_space/bytes']);
    expect(profile.functions).toContain('allocateALot');
    expect(await topOf(reply.rawPayload)).toMatch(/allocateALot|skipped/);
  });

  it('records trace events in the form that trace viewers open', async () => {
    const { app } = await openTestApp({ settings });
    const reply = await app.inject({ url: '/debug/pprof/trace?seconds=0.1' });
    const { traceEvents } = JSON.parse(reply.body) as { traceEvents: { ph: string }[] };
    expect(traceEvents.length).toBeGreaterThan(0);
    expect(traceEvents[0]).toHaveProperty('ph');
  });

  it('takes one profile at a time', async () => {
    const { app } = await openTestApp({ settings });
    const first = app.inject({ url: '/debug/pprof/profile?seconds=0.3' });
    const second = await app.inject({ url: '/debug/pprof/profile?seconds=0.3' });
    expect([(await first).statusCode, second.statusCode]).toEqual([200, 409]);
    expect((await app.inject({ url: '/debug/pprof/profile?seconds=0.01' })).statusCode).toBe(200);
  });

  it('is over when the client hangs up', async () => {
    const { app } = await openTestApp({ settings });
    const { port } = await listenOn(app);
    const path = '/debug/pprof/profile?seconds=60';
    await expect(requestRaw({ port, path, signal: AbortSignal.timeout(100) })).rejects.toThrow('aborted');
    await expect
      .poll(async () => (await app.inject({ url: '/debug/pprof/profile?seconds=0.01' })).statusCode)
      .toBe(200);
  });

  it.each(['x', '0', '-1', '301'])('refuses to take %s seconds', async (seconds) => {
    const { app } = await openTestApp({ settings });
    const reply = await app.inject({ url: `/debug/pprof/profile?seconds=${seconds}` });
    expect([reply.statusCode, reply.headers['content-type']]).toEqual([400, 'text/plain; charset=utf-8']);
    expect(reply.body).toMatch(/^query parameter "seconds": /);
  });

  it('tells the program without its flags', async () => {
    expect(commandLine(['node', 'polder', 'server', '--api-secret', 'x'])).toBe('node\0polder\0server');
    expect(commandLine(['node', 'polder'])).toBe('node\0polder');
    const { app } = await openTestApp({ settings });
    expect((await app.inject({ url: '/debug/pprof/cmdline' })).body).toContain('node');
  });

  it('has no symbols to look up', async () => {
    const { app } = await openTestApp({ settings });
    expect((await app.inject({ url: '/debug/pprof/symbol' })).body).toBe('num_symbols: 0\n');
  });
});

async function computeUntil(end: PromiseLike<unknown>): Promise<void> {
  let isOver = false;
  const over = Promise.resolve(end).then(() => {
    isOver = true;
  });
  // Long enough to be seen; then the profile is left to come to its end.
  const enough = performance.now() + 2000;
  while (!isOver && performance.now() < enough) {
    computeForAWhile();
    await new Promise((resolve) => setImmediate(resolve));
  }
  await over;
}

function computeForAWhile(): number {
  let sum = 0;
  for (let index = 0; index < 2_000_000; index += 1) sum += Math.sqrt(index);
  return sum;
}

function allocateALot(): number[][] {
  return Array.from({ length: 200 }, () => new Array<number>(20_000).fill(1.5));
}

function decode(content: Buffer) {
  const profile = Profile.decode(gunzipSync(content));
  const { strings } = profile.stringTable;
  return {
    sampleTypes: profile.sampleType.map(({ type, unit }) => `${strings[Number(type)]}/${strings[Number(unit)]}`),
    functions: profile.function.map((fn) => strings[Number(fn.name)]),
    total: profile.sample.reduce((sum, sample) => sum + Number(sample.value.at(-1)), 0),
  };
}

/** What `go tool pprof -top` says, where Go is installed; in the full run alone, since Go first builds that tool. */
async function topOf(content: Buffer): Promise<string> {
  const go = process.env.POLDER_TEST_FULL === '1' ? onPath('go') : undefined;
  if (go === undefined) return 'skipped';
  const path = join(await temporaryDir(), 'profile');
  await writeFile(path, content);
  const { stdout } = await promisify(execFile)(go, ['tool', 'pprof', '-top', '-nodecount=100', path]);
  const raw = await promisify(execFile)(go, ['tool', 'pprof', '-raw', path]);
  expect(raw.stdout).toContain('PeriodType:');
  return stdout;
}
