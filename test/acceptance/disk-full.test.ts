import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { openAcceptanceWorld } from '../support/acceptance-world.ts';
import { onCleanup } from '../support/cleanup.ts';
import { fakeEngine } from '../support/fake-engine.ts';
import { createPostgresDatabase } from '../support/postgres.ts';
import { canMakeSmallDisk, fillDisk, limitedFiles, onSmallDisk } from '../support/small-disk.ts';
import { temporaryDir } from '../support/temp.ts';
import { waitFor } from '../support/wait-for.ts';

// Servers take their time to start on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

const root = { Paths: [{ Directory: '.' }] };

describe.skipIf(!canMakeSmallDisk())('a full disk', () => {
  it('refuses runs with a clear error, leaves nothing behind, and works again once there is space', async () => {
    const engine = await fakeEngine();
    const world = await openAcceptanceWorld({ files: { 'main.tf': '', mark: 'one' }, engine: engine.binary });
    const { server, api } = await world.start({ through: onSmallDisk(world.dataDir, '32m') });
    expect((await api.command('plan', root)).status).toBe(200);
    const ballast = await fillDisk(server);
    for (const kind of ['plan', 'apply'] as const) {
      const { status, body } = await api.command(kind, root);
      expect([status, body]).toEqual([507, { error: 'writing to the database: database or disk is full' }]);
    }
    expect(await api.locks()).toEqual([]);
    expect(await api.runs()).toHaveLength(1);
    await ballast.remove();
    expect((await api.command('apply', root)).status).toBe(200);
    expect(await server.stop()).toEqual({ code: 0, signal: null });
  });

  it('fails the projects that need it where the database is elsewhere', async () => {
    const { url, drop } = await createPostgresDatabase('migrated');
    onCleanup(drop);
    const engine = await fakeEngine();
    const flags = { 'database-url': url };
    const world = await openAcceptanceWorld({ files: { 'main.tf': '' }, engine: engine.binary, flags });
    const { server, api } = await world.start({ through: onSmallDisk(world.dataDir, '32m') });
    expect((await api.command('plan', root)).status).toBe(200);
    const ballast = await fillDisk(server);
    const { status, body } = await api.command('plan', root);
    expect([status, body.ProjectResults[0]?.Error]).toMatchObject([500, { Code: 'disk_full' }]);
    expect(await api.locks()).toEqual([]);
    await ballast.remove();
    expect((await api.command('apply', root)).status).toBe(200);
    expect(await server.stop()).toEqual({ code: 0, signal: null });
  });

  it('costs an apply that ends meanwhile neither its outcome, its log nor its state', async () => {
    const dir = await temporaryDir();
    const engine = await fakeEngine();
    // It has done its work, and does not end before the disk is full.
    const state = '{"version":4,"serial":1,"lineage":"l","mark":"one"}';
    const script = `if [ $command = apply ]; then
      echo '${state}' > terraform.tfstate
      echo 'Apply complete! Resources: 1 added, 0 changed, 0 destroyed.'
      note busy
      while [ ! -e ${dir}/go ]; do sleep 0.02; done
      exit 0
    fi\n`;
    const files = { 'main.tf': '', mark: 'one', 'fake.sh': script };
    const world = await openAcceptanceWorld({ files, engine: engine.binary });
    const { server, api } = await world.start({ through: onSmallDisk(world.dataDir, '32m') });
    const { run } = (await api.start('apply', root)).body;
    await waitFor('the apply', () => engine.hasNoted('busy'));
    const ballast = await fillDisk(server);
    await writeFile(join(dir, 'go'), '');
    await waitFor('the server to see that it cannot write', () => server.log().includes('could not be written yet'));
    expect((await api.run(run.id)).state).toBe('running');
    await ballast.remove();
    const ended = await api.ended(run.id, 60_000);
    expect(ended).toMatchObject({ state: 'succeeded', jobs: [{ attempt: 1, outcome: { kind: 'applied' } }] });
    expect(await api.log(ended.jobs[0]?.id ?? 0)).toContain('Apply complete!');
    expect(await api.locks()).toEqual([]);
    const plan = await api.command('plan', root);
    expect(plan.body.ProjectResults[0]?.PlanSuccess?.TerraformOutput).toContain('No changes.');
  });
});

describe('a limit to the size of files', () => {
  it('is an error of the request, and nothing is lost once it is gone', async () => {
    const engine = await fakeEngine();
    const world = await openAcceptanceWorld({ files: { 'main.tf': '', mark: 'one' }, engine: engine.binary });
    const first = await world.start({ through: limitedFiles(800_000) });
    await waitFor('the limit to be reached', async () => (await first.api.start('plan', root)).status >= 500);
    await first.server.stop('SIGKILL');
    const second = await world.start();
    await waitFor('all runs to end', async () => (await second.api.runs()).every((run) => run.ended_at !== null));
    expect((await second.api.runs()).length).toBeGreaterThan(0);
    expect(await second.api.locks()).toEqual([]);
    expect((await second.api.command('apply', root)).status).toBe(200);
  });
});
