import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { isAlive, processesIn } from '../../src/exec/index.ts';
import { acceptanceDatabases, openAcceptanceWorld } from '../support/acceptance-world.ts';
import { type DiaryEngine, fakeEngine, overlaps } from '../support/fake-engine.ts';
import { temporaryDir } from '../support/temp.ts';
import { waitFor } from '../support/wait-for.ts';

// Servers take their time to start on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

const root = { Paths: [{ Directory: '.' }] };

/** A world whose applies wait until `go` is called. */
async function slowWorld(database: string) {
  const dir = await temporaryDir();
  const engine = await fakeEngine();
  const script = `[ $command = apply ] && { note busy; while [ ! -e ${dir}/go ]; do sleep 0.02; done; }\n`;
  const files = { 'main.tf': '', mark: 'one', 'fake.sh': script };
  const world = await openAcceptanceWorld({ files, engine: engine.binary, database });
  return { engine, world, go: () => writeFile(join(dir, 'go'), '') };
}

const isBusy = (engine: DiaryEngine) => waitFor('the engine to be busy', () => engine.hasNoted('busy'));

async function drains(url: string): Promise<void> {
  await waitFor('the server to drain', async () => (await fetch(`${url}/readyz`)).status === 503);
}

const signals = [
  ['SIGTERM', 143],
  ['SIGINT', 130],
] as const;
const cases = acceptanceDatabases.flatMap((database) => signals.map((signal) => [...signal, database] as const));

describe.each(cases)('%s, ending with %i when sent twice (%s)', (signal, ...[codeAtOnce, database]) => {
  it('lets work in hand end, answers those who wait, and refuses new runs', async () => {
    const { engine, world, go } = await slowWorld(database);
    const { server, api } = await world.start();
    const waiting = api.command('apply', root);
    await isBusy(engine);
    process.kill(server.pid, signal);
    await drains(server.url);

    const refused = await api.start('plan', root);
    expect(refused.status).toBe(503);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(refused.body.error).toContain('shutting down');
    expect((await api.run(1)).state).toBe('running');
    expect((await api.runs()).length).toBe(1);

    await go();
    const answer = await waiting;
    expect(answer.status).toBe(200);
    expect(answer.body.ProjectResults[0]?.ApplySuccess).toContain('Apply complete!');
    expect(await server.ended).toEqual({ code: 0, signal: null });
    expect(await processesIn(world.dataDir)).toEqual([]);
  });

  it('sent twice stops at once, and the next start finds what a crash leaves', async () => {
    const { engine, world, go } = await slowWorld(database);
    const first = await world.start();
    const { run } = (await first.api.start('apply', root)).body;
    await isBusy(engine);
    const [orphan] = await processesIn(world.dataDir);
    process.kill(first.server.pid, signal);
    await drains(first.server.url);
    process.kill(first.server.pid, signal);
    expect(await first.server.ended).toEqual({ code: codeAtOnce, signal: null });
    expect(orphan && isAlive(orphan)).toBe(true);

    const second = await world.start();
    await go();
    expect(await second.api.ended(run.id)).toMatchObject({ state: 'interrupted', jobs: [{ attempt: 1 }] });
    expect(await second.api.locks()).toMatchObject([{ PullID: `-${run.id}` }]);
    expect(await engine.marks()).toEqual(['one@default']);
    expect(overlaps(await engine.starts())).toEqual([]);
  });
});
