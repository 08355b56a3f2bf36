import { readFileSync, readlinkSync } from 'node:fs';
import { readdir, readlink, realpath } from 'node:fs/promises';
import { hostname } from 'node:os';
import { sep } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ProcessIdentity } from './types.ts';

/** Does not change while we run, and is asked for with each process that is started. */
const machine = nameMachine();

/**
 * Names the place where pids mean what they mean here: host, kernel boot and pid namespace. After a reboot, and in
 * another container, it is another one.
 */
export function machineId(): string {
  return machine;
}

function nameMachine(): string {
  const boot = textOrNothing(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8'));
  const namespace = textOrNothing(() => readlinkSync('/proc/self/ns/pid'));
  return [hostname(), boot, namespace].filter((part) => part !== '').join('/');
}

/** The identity of a process that exists now. */
export function identify(pid: number): ProcessIdentity {
  return { pid, startedAt: readStat(pid)?.startedAt ?? '', machine: machineId() };
}

/**
 * True while this very process runs: not for another one that got its pid, not for a zombie, not for a process of
 * another machine. Without `/proc` only the pid can be compared.
 */
export function isAlive(identity: ProcessIdentity): boolean {
  if (identity.machine !== machineId()) return false;
  if (identity.startedAt === '') return exists(identity.pid);
  const stat = readStat(identity.pid);
  return stat !== undefined && stat.startedAt === identity.startedAt && stat.state !== 'Z' && stat.state !== 'X';
}

/**
 * Sends a signal to the process and the group that it leads; to it alone when it leads none, such as what a program
 * that has ended left behind. False when it is no longer alive: then nothing was sent.
 */
export function signalGroup(identity: ProcessIdentity, signal: NodeJS.Signals): boolean {
  return isAlive(identity) && (killGroup(identity.pid, signal) || kill(identity.pid, signal));
}

/** Signals a group whose leader is known to be ours. */
export function killGroup(pid: number, signal: NodeJS.Signals): boolean {
  return kill(-pid, signal);
}

/**
 * Waits for the end of a process that is not our child, such as one that outlived the server that started it. Looks
 * four times a second. `aborted` when the signal came first.
 */
export async function waitForExit(identity: ProcessIdentity, signal?: AbortSignal): Promise<'ended' | 'aborted'> {
  while (isAlive(identity)) {
    if (signal?.aborted) return 'aborted';
    await delay(250, undefined, signal ? { signal } : {}).catch(() => undefined);
  }
  return 'ended';
}

/**
 * The processes that work in this folder or below it: finds what an earlier server started and died before it could
 * write down. Our own process and processes of other users are left out. Empty where there is no `/proc`.
 */
export async function processesIn(folder: string): Promise<ProcessIdentity[]> {
  const real = await realpath(folder).catch(() => folder);
  const entries = await readdir('/proc').catch(() => []);
  const pids = entries.filter((entry) => /^\d+$/.test(entry)).map(Number);
  const inside = await Promise.all(
    pids.map(async (pid) => {
      const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => '');
      return cwd === real || cwd.startsWith(real + sep);
    }),
  );
  return pids
    .filter((pid, index) => inside[index] === true && pid !== process.pid)
    .map(identify)
    .filter(isAlive);
}

function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function kill(target: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(target, signal);
  } catch {
    return false;
  }
}

/** Fields 3 and 22 of `/proc/<pid>/stat` (proc_pid_stat(5)). The name, field 2, may hold blanks and brackets. */
function readStat(pid: number): { state: string; startedAt: string } | undefined {
  const text = textOrNothing(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state, startedAt] = [fields[0], fields[19]];
  return text === '' || state === undefined || startedAt === undefined ? undefined : { state, startedAt };
}

function textOrNothing(read: () => string): string {
  try {
    return read().trim();
  } catch {
    return '';
  }
}
