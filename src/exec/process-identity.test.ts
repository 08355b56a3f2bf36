import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { waitFor } from '../../test/support/wait-for.ts';
import { identify, isAlive, machineId, processesIn, signalGroup, waitForExit } from './index.ts';

const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

function sleeper(cwd = '/', { detached = true } = {}): { child: ChildProcess; pid: number } {
  const child = spawn('sleep', ['60'], { cwd, detached, stdio: 'ignore' });
  started.push(child);
  if (child.pid === undefined) throw new Error('sleep did not start');
  return { child, pid: child.pid };
}

describe('isAlive', () => {
  it('is true while the process runs', async () => {
    const { child, pid } = sleeper();
    const identity = identify(pid);
    expect(isAlive(identity)).toBe(true);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(isAlive(identity)).toBe(false);
  });

  it('is false for another process with the same pid', () => {
    const identity = identify(sleeper().pid);
    expect(isAlive({ ...identity, startedAt: String(Number(identity.startedAt) - 1) })).toBe(false);
  });

  it('is false for a process of another machine or an earlier boot', () => {
    expect(isAlive({ ...identify(process.pid), machine: 'elsewhere' })).toBe(false);
  });

  it('compares the pid alone where the start time is not known', () => {
    expect(isAlive({ ...identify(process.pid), startedAt: '' })).toBe(true);
  });

  it('is false for a zombie', async () => {
    // The shell becomes a program that never asks how its child ended.
    const parent = spawn('sh', ['-c', 'sleep 0.05 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] });
    started.push(parent);
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const child = identify(Number(line.toString()));
    await waitFor('the end of the child', () => !isAlive(child));
    expect(process.kill(child.pid, 0)).toBe(true);
  });
});

describe('machineId', () => {
  it('stays the same', () => {
    expect(machineId()).toBe(machineId());
    expect(machineId()).not.toBe('');
  });
});

describe('signalGroup', () => {
  it('reaches the process', async () => {
    const { child, pid } = sleeper();
    const end = once(child, 'exit');
    expect(signalGroup(identify(pid), 'SIGINT')).toBe(true);
    expect(await end).toEqual([null, 'SIGINT']);
  });

  it('reaches a process that leads no group', async () => {
    const { child, pid } = sleeper('/', { detached: false });
    const end = once(child, 'exit');
    expect(signalGroup(identify(pid), 'SIGINT')).toBe(true);
    expect(await end).toEqual([null, 'SIGINT']);
  });

  it('sends nothing to a process that took over the pid', () => {
    const { child, pid } = sleeper();
    expect(signalGroup({ ...identify(pid), startedAt: '1' }, 'SIGKILL')).toBe(false);
    expect(child.signalCode).toBeNull();
  });
});

describe('waitForExit', () => {
  it('ends with the process', async () => {
    const { child, pid } = sleeper();
    const waiting = waitForExit(identify(pid));
    child.kill('SIGKILL');
    expect(await waiting).toBe('ended');
  });

  it('gives up when asked to', async () => {
    expect(await waitForExit(identify(sleeper().pid), AbortSignal.timeout(20))).toBe('aborted');
  });
});

describe('processesIn', () => {
  it('finds processes in a folder and below it, no others', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'polder-processes-'));
    await mkdir(join(folder, 'inner', 'deep'), { recursive: true });
    await mkdir(join(folder, 'inner-not'));
    const [here, below] = [sleeper(join(folder, 'inner')), sleeper(join(folder, 'inner', 'deep'))];
    sleeper(join(folder, 'inner-not'));
    const found = await processesIn(join(folder, 'inner'));
    expect(found.toSorted((a, b) => a.pid - b.pid)).toEqual(
      [identify(here.pid), identify(below.pid)].toSorted((a, b) => a.pid - b.pid),
    );
    await rm(folder, { recursive: true });
  });
});
