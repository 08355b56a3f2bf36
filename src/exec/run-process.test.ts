import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '../../test/support/wait-for.ts';
import { identify, isAlive, type ProcessIdentity, type ProcessOptions, runProcess } from './index.ts';

const env = { PATH: process.env.PATH ?? '' };
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'polder-exec-'));
});
afterAll(async () => rm(folder, { recursive: true, force: true }));

const captured = { kind: 'capture', maxBytes: 10_000 } as const;

function shell(script: string, more: Partial<ProcessOptions> = {}): Promise<Awaited<ReturnType<typeof runProcess>>> {
  return runProcess({
    file: 'sh',
    args: ['-c', script],
    cwd: folder,
    env,
    output: captured,
    killAfterMs: 200,
    ...more,
  });
}

describe('runProcess', () => {
  it('gives the exit code and both outputs', async () => {
    expect(await shell('echo out; echo err >&2; exit 7')).toMatchObject({
      kind: 'exited',
      code: 7,
      stdout: 'out\n',
      stderr: 'err\n',
      truncated: false,
    });
  });

  it('passes arguments on as they are', async () => {
    const args = ['%s\\n', '$HOME', '; id', 'a b', "'"];
    const result = await runProcess({ file: 'printf', args, cwd: folder, env, output: captured, killAfterMs: 200 });
    expect(result).toMatchObject({ stdout: "$HOME\n; id\na b\n'\n" });
  });

  it('gives the process the named environment alone', async () => {
    expect(await shell('env | grep -v -e ^PWD= -e ^_= -e ^SHLVL= | cut -d= -f1')).toMatchObject({ stdout: 'PATH\n' });
  });

  it('writes the input', async () => {
    expect(await shell('cat', { input: 'hello' })).toMatchObject({ stdout: 'hello' });
  });

  it('survives a process that does not read its input', async () => {
    expect(await shell('exit 0', { input: 'x'.repeat(1_000_000) })).toMatchObject({ kind: 'exited', code: 0 });
  });

  it('keeps the beginning and the end of a long output', async () => {
    const result = await shell('echo first; head -c 50000000 /dev/zero | tr "\\0" x; echo last');
    if (result.kind !== 'exited') throw new Error(result.kind);
    expect(result.truncated).toBe(true);
    expect(result.stdout).toMatch(/^first\nx+\n\[\.\.\. 49990011 bytes of output left out \.\.\.\]\nx+last\n$/);
    expect(result.stdout.length).toBeLessThan(10_100);
  });

  it('keeps warnings, however little else is expected', async () => {
    const result = await shell('echo 123; seq 1000 >&2', { output: { kind: 'capture', maxBytes: 8 } });
    expect(result).toMatchObject({ stdout: '123\n', truncated: false });
  });

  it('says which signal of others ended it', async () => {
    expect(await shell('kill -KILL $$')).toMatchObject({ kind: 'killed', signal: 'SIGKILL' });
  });

  it('does not wait for a grandchild that keeps the output open', async () => {
    const result = await shell('sleep 60 & echo $!');
    expect(result).toMatchObject({ kind: 'exited', code: 0 });
    if (result.kind === 'exited') process.kill(Number(result.stdout));
  });
});

describe('runProcess, stopping', () => {
  it('interrupts what takes too long', async () => {
    const result = await shell('trap "echo tidied; exit 3" INT; echo on; while :; do sleep 0.02; done', {
      timeoutMs: 150,
    });
    expect(result).toMatchObject({ kind: 'timed_out', code: 3, stdout: 'on\ntidied\n' });
  });

  it('kills what ignores the interruption', async () => {
    const result = await shell('trap "" INT; while :; do sleep 0.02; done', { timeoutMs: 100, killAfterMs: 100 });
    expect(result).toMatchObject({ kind: 'timed_out', code: null });
  });

  it('kills what the stopped process left in its group', async () => {
    const abort = new AbortController();
    const child = join(folder, 'left-behind');
    const running = shell(
      `sh -c 'trap "" INT; while :; do sleep 0.02; done' & echo $! > ${child}.new; mv ${child}.new ${child}; wait`,
      {
        signal: abort.signal,
      },
    );
    const left = identify(Number(await waitFor('the pid', () => readFile(child, 'utf8'))));
    abort.abort();
    expect(await running).toMatchObject({ kind: 'cancelled' });
    await waitFor('its end', () => !isAlive(left));
  });

  it('cancels a process that runs', async () => {
    const abort = new AbortController();
    const running = shell('sleep 60', { signal: abort.signal, onStart: () => abort.abort() });
    expect(await running).toMatchObject({ kind: 'cancelled', code: null });
  });

  it('starts nothing when it is already cancelled', async () => {
    const marker = join(folder, 'never');
    expect(await shell(`touch ${marker}`, { signal: AbortSignal.abort() })).toMatchObject({ kind: 'cancelled' });
    await expect(stat(marker)).rejects.toThrow('ENOENT');
  });

  it('stops a process whose start cannot be recorded', async () => {
    let identity: ProcessIdentity | undefined;
    const running = shell('sleep 60', {
      onStart: async (started) => {
        identity = started;
        throw new Error('no database');
      },
    });
    await expect(running).rejects.toThrow('no database');
    expect(identity && isAlive(identity)).toBe(false);
  });
});

describe('runProcess, not starting', () => {
  it('names a program that is not there', async () => {
    const result = await runProcess({ file: 'no-such', args: [], cwd: folder, env, output: captured, killAfterMs: 1 });
    expect(result).toEqual({
      kind: 'not_started',
      code: 'ENOENT',
      reason: "starting 'no-such': there is no such program",
    });
  });

  it('names a working directory that is not there', async () => {
    expect(await shell('true', { cwd: '/no/such' })).toMatchObject({
      kind: 'not_started',
      reason: "starting 'sh': the working directory '/no/such' does not exist",
    });
  });

  it('names a file that may not be executed', async () => {
    const file = join(folder, 'plain');
    await writeFile(file, 'x', { mode: 0o600 });
    const result = await runProcess({ file, args: [], cwd: folder, env, output: captured, killAfterMs: 1 });
    expect(result).toMatchObject({ kind: 'not_started', code: 'EACCES' });
  });

  it('refuses arguments that the system does not take', async () => {
    expect(await shell('true', { args: ['-c', 'true', 'x'.repeat(3_000_000)] })).toMatchObject({ code: 'E2BIG' });
    expect(await shell('true', { args: ['-c', 'a\0b'] })).toMatchObject({ kind: 'not_started' });
  });
});

describe('runProcess, output to a file', () => {
  it('merges both outputs in order, for its owner alone, behind what was there', async () => {
    const path = join(folder, 'merged');
    const output = { kind: 'file', path } as const;
    await shell('echo one; echo two >&2; echo three', { output });
    expect(await shell('echo four', { output })).toMatchObject({ kind: 'exited', stdout: '', stderr: '' });
    expect(await readFile(path, 'utf8')).toBe('one\ntwo\nthree\nfour\n');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('gives the middle of a file that grows too long back to the disk while the process runs', async () => {
    const path = join(folder, 'capped');
    const burst = 'head -c 9000000 /dev/zero; while [ "$(du -k capped | cut -f1)" -gt 4000 ]; do sleep 0.01; done';
    const script = `echo first; ${burst}; ${burst}; echo last`;
    const result = await shell(script, { output: { kind: 'file', path, maxBytes: 4_000_000 } });
    expect(result).toMatchObject({ kind: 'exited', code: 0, truncated: true });
    expect((await stat(path)).blocks * 512).toBeLessThan(4_100_000);
    const content = await readFile(path, 'latin1');
    expect(content.length).toBe('first\nlast\n'.length + 18_000_000);
    expect(content.startsWith('first\n')).toBe(true);
    expect(content.endsWith('last\n')).toBe(true);
  });

  it('cuts the middle of a file that was too long at the end', async () => {
    const path = join(folder, 'long');
    const output = { kind: 'file', path, maxBytes: 1_000 } as const;
    expect(await shell('echo first; head -c 1500 /dev/zero; echo last', { output })).toMatchObject({ truncated: true });
    const content = await readFile(path, 'latin1');
    expect(content.slice(500)).toMatch(/^\n\[\.\.\. 511 bytes of output left out \.\.\.\]\n\0+last\n$/);
  });

  it('says so when the file cannot be made', async () => {
    const output = { kind: 'file', path: join(folder, 'no', 'such') } as const;
    await expect(shell('true', { output })).rejects.toThrow(/^opening the output file .*ENOENT/);
  });
});
