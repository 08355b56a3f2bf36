import { execFile } from 'node:child_process';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { openAcceptanceWorld } from '../support/acceptance-world.ts';
import { apiSecret } from '../support/api-client.ts';
import { fakeEngine } from '../support/fake-engine.ts';
import { polderProgram, startServer } from '../support/server.ts';
import { temporaryDir } from '../support/temp.ts';

const root = { Paths: [{ Directory: '.' }] };

describe('a server and what is around it', () => {
  it('writes below <data-dir>/polder alone, which is open to its owner only', async () => {
    const world = await openAcceptanceWorld({ files: { 'main.tf': '' }, engine: (await fakeEngine()).binary });
    const { api } = await world.start();
    expect((await api.command('apply', root)).status).toBe(200);
    expect(await readdir(world.dataDir)).toEqual(['polder']);
    expect((await stat(join(world.dataDir, 'polder'))).mode & 0o777).toBe(0o700);
  });

  it('gives engines its environment without its secrets, and names none on a command line', async () => {
    const dump = join(await temporaryDir(), 'dump');
    const world = await openAcceptanceWorld({
      files: { 'main.tf': '', 'fake.sh': `env >> '${dump}'; tr '\\0' ' ' < /proc/$$/cmdline >> '${dump}'\n` },
      engine: (await fakeEngine()).binary,
    });
    const env = { ATLANTIS_WEB_PASSWORD: 'secret-1', POLDER_SLACK_TOKEN: 'secret-2', TF_VAR_kept: 'kept' };
    const { api } = await world.start({ env });
    expect((await api.command('apply', root)).status).toBe(200);
    const seen = await readFile(dump, 'utf8');
    expect(seen).toContain('TF_VAR_kept=kept');
    expect(seen).not.toMatch(new RegExp(`secret-|${apiSecret}`));
  });

  it.skipIf(process.platform !== 'linux')('refuses a data folder where nothing can be made', async () => {
    const words = ['server', '--repo-allowlist=*', '--local-repos-dir=/tmp', '--data-dir=/proc/polder'];
    const running = promisify(execFile)(process.execPath, [polderProgram, ...words], { timeout: 20_000 });
    await expect(running).rejects.toMatchObject({
      code: 1,
      stderr:
        'Error: initializing server: making the folder /proc/polder/polder for --data-dir: nothing can be made in /proc\n',
    });
  });

  it('warns when there is no folder of repositories', async () => {
    const dir = join(await temporaryDir(), 'nope');
    const server = await startServer({ flags: { 'repo-allowlist': '*', 'local-repos-dir': dir } });
    expect(server.log()).toContain(`"reposDir":"${dir}","msg":"there is no --local-repos-dir yet"`);
  });

  it('complains about nothing when it is stopped right after its start', async () => {
    const flags = { 'repo-allowlist': '*', 'local-repos-dir': await temporaryDir() };
    const server = await startServer({ flags });
    expect(await server.stop()).toEqual({ code: 0, signal: null });
    expect(server.log()).not.toMatch(/"level":50/);
  });

  it('names the options without effect in one warning', async () => {
    const flags = { 'repo-allowlist': '*', 'local-repos-dir': await temporaryDir(), 'tfe-local-execution-mode': true };
    const server = await startServer({ flags, env: { ATLANTIS_REDIS_PASSWORD: 'secret-1' } });
    const warnings = server.log().match(/^.*without effect.*$/gm);
    expect(warnings).toEqual([expect.stringMatching(/--tfe-local-execution-mode .*--redis-password /)]);
    expect(server.log()).not.toContain('secret-1');
  });
});
