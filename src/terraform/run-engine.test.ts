import { chmod, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryDir } from '../../test/support/temp.ts';
import { waitFor } from '../../test/support/wait-for.ts';
import { readOutputFile } from './read-output-file.ts';
import { captureEngine, type EngineRun, engineEnvironment, runEngine } from './run-engine.ts';

const engine = { binary: '/usr/bin/tofu', distribution: 'opentofu', version: '1.6.2' } as const;
const deps = { env: { PATH: '/bin', ATLANTIS_API_SECRET: 's' }, pluginCacheDir: '/cache' };
const run = { engine, args: ['plan'], cwd: '/p/net', workspace: 'staging' };

describe('engineEnvironment', () => {
  it('is the environment of the server without its secrets, and what the engine needs', () => {
    expect(engineEnvironment(deps, run)).toEqual({
      PATH: '/bin',
      TF_IN_AUTOMATION: 'true',
      TF_INPUT: '0',
      TF_WORKSPACE: 'staging',
      TF_PLUGIN_CACHE_DIR: '/cache',
      CHECKPOINT_DISABLE: '1',
      WORKSPACE: 'staging',
      DIR: '/p/net',
      ATLANTIS_TERRAFORM_VERSION: '1.6.2',
    });
  });

  it('chooses no workspace for `default`, whatever the server was started with', () => {
    const env = { TF_WORKSPACE: 'other', TF_DATA_DIR: '/x' };
    const result = engineEnvironment({ env, pluginCacheDir: null }, { ...run, workspace: 'default' });
    expect(Object.keys(result)).not.toContain('TF_WORKSPACE');
    expect(Object.keys(result)).not.toContain('TF_DATA_DIR');
    expect(Object.keys(result)).not.toContain('TF_PLUGIN_CACHE_DIR');
  });

  it("keeps an operator's own plug-in cache", () => {
    expect(engineEnvironment({ ...deps, env: { TF_PLUGIN_CACHE_DIR: '/own' } }, run)).toMatchObject({
      TF_PLUGIN_CACHE_DIR: '/own',
    });
  });

  it('lets `init` collect its garbage seldom, unless the operator says how often', () => {
    const init = { ...run, args: ['init', '-upgrade'] };
    expect(engineEnvironment(deps, init)).toMatchObject({ GOGC: '400' });
    expect(engineEnvironment({ ...deps, env: { GOGC: '50' } }, init)).toMatchObject({ GOGC: '50' });
  });

  it('lets variables of earlier steps win', () => {
    expect(engineEnvironment(deps, { ...run, env: { DIR: 'x', ATLANTIS_X: 'y' } })).toMatchObject({
      DIR: 'x',
      ATLANTIS_X: 'y',
    });
  });
});

/** A run of a program made for the occasion. */
async function runOf(script: string, more: Partial<EngineRun> = {}) {
  const cwd = await temporaryDir();
  const binary = join(cwd, 'engine');
  await writeFile(binary, `#!/bin/sh\n${script}\n`);
  await chmod(binary, 0o755);
  const outputPath = join(cwd, 'output');
  const started = { ...engine, binary };
  const own = { engine: started, args: ['plan'], cwd, workspace: 'default', killAfterMs: 200, outputPath, ...more };
  return { own, read: () => readOutputFile(outputPath, 1_000_000).text };
}

const real = { env: { PATH: process.env.PATH }, pluginCacheDir: null };

describe('runEngine', () => {
  it('gives the exit code, and both streams in one file', async () => {
    const { own, read } = await runOf('echo "$1"; echo err >&2; exit 3');
    expect(await runEngine(real, own)).toMatchObject({ kind: 'ended', code: 3 });
    expect(read()).toBe('plan\nerr\n');
  });

  it('answers no question', async () => {
    const { own, read } = await runOf('read answer; echo "got $?"');
    await runEngine(real, own);
    expect(read()).toBe('got 1\n');
  });

  it('ends one that hangs', async () => {
    const { own } = await runOf('trap "" INT; while :; do sleep 0.02; done', { timeoutMs: 100 });
    expect(await runEngine(real, own)).toMatchObject({ kind: 'timed_out', code: null });
  });

  it('lets a cancelled one tidy up', async () => {
    const abort = new AbortController();
    const { own, read } = await runOf('trap "echo saved; exit 1" INT; echo on; while :; do sleep 0.02; done', {
      signal: abort.signal,
    });
    const running = runEngine(real, own);
    await waitFor('the start', () => read() === 'on\n');
    abort.abort();
    expect(await running).toMatchObject({ kind: 'cancelled', code: 1 });
    expect(read()).toBe('on\nsaved\n');
  });

  it('bounds the output of one that prints very much', async () => {
    const { own, read } = await runOf(
      'echo first; head -c 100000000 /dev/zero; while [ "$(du -k output | cut -f1)" -gt 1000 ]; do sleep 0.02; done; echo last',
    );
    expect(await runEngine(real, { ...own, maxOutputBytes: 1_000_000 })).toMatchObject({ kind: 'ended', code: 0 });
    expect((await stat(own.outputPath)).blocks * 512).toBeLessThan(1_100_000);
    expect(read()).toMatch(/^first\n\n\[\.\.\. 99500006 bytes of output left out \.\.\.\]\nlast\n$/);
  });

  it('says which program could not be started', async () => {
    const { own } = await runOf('true', { engine: { ...engine, binary: '/no/such/tofu' } });
    expect(await runEngine(real, own)).toEqual({
      kind: 'not_started',
      reason: "starting '/no/such/tofu': there is no such program",
    });
  });

  it('tells of one that others killed', async () => {
    const { own } = await runOf('kill -KILL $$');
    expect(await runEngine(real, own)).toMatchObject({ kind: 'killed', signal: 'SIGKILL' });
  });
});

describe('captureEngine', () => {
  it('keeps data and complaints apart', async () => {
    const { own } = await runOf('echo "{}"; echo warning >&2');
    expect(await captureEngine(real, { ...own, maxBytes: 1000 })).toMatchObject({
      kind: 'ended',
      code: 0,
      stdout: '{}\n',
      stderr: 'warning\n',
      truncated: false,
    });
  });

  it('says when there was more than is taken', async () => {
    const { own } = await runOf('head -c 5000 /dev/zero');
    expect(await captureEngine(real, { ...own, maxBytes: 1000 })).toMatchObject({ kind: 'ended', truncated: true });
  });
});
