import { readFileSync } from 'node:fs';
import { afterAll, beforeEach, onTestFinished } from 'vitest';
import { waitFor } from './wait-for.ts';

/** Sockets are left out: clients keep them open for a while, on purpose. */
const watched = ['ProcessWrap', 'TCPServerWrap', 'PipeServerWrap'];

/**
 * Fails a test that leaves a child process or a listener, and a file whose `beforeAll` does. To be called once a file,
 * before anything else registers: what registers first is undone last.
 */
export function failOnLeaks(): void {
  const atStart = holdings();
  beforeEach(({ task }) => {
    // Tests that run side by side cannot be told apart; the file is still checked.
    if (task.concurrent) return;
    const before = holdings();
    onTestFinished(() => expectNothingMore(before, 'this test'));
  });
  afterAll(() => expectNothingMore(atStart, 'this file'));
}

async function expectNothingMore(before: string[], who: string): Promise<void> {
  const leaked = () => difference(holdings(), before);
  try {
    // Closing takes a moment.
    await waitFor('everything to be closed', () => leaked().length === 0, { timeoutMs: 2000 });
  } catch {
    throw new Error(`${who} leaves behind: ${leaked().join(', ')}`);
  }
}

function holdings(): string[] {
  const resources = process.getActiveResourcesInfo().filter((name) => watched.includes(name));
  return [...resources, ...children()];
}

/** Also those that Node was told not to wait for. Known on Linux alone. */
function children(): string[] {
  try {
    const pids = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim();
    return pids === '' ? [] : pids.split(' ').map((pid) => `process ${pid} (${commandOf(pid)})`);
  } catch {
    return [];
  }
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
  } catch {
    return 'ended';
  }
}

function difference(now: string[], before: string[]): string[] {
  const left = [...before];
  return now.filter((name) => {
    const index = left.indexOf(name);
    if (index >= 0) left.splice(index, 1);
    return index < 0;
  });
}
