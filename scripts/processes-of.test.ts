import { spawn } from 'node:child_process';
import { expect, it } from 'vitest';
import { onCleanup } from '../test/support/cleanup.ts';
import { waitFor } from '../test/support/wait-for.ts';
import { processesOf } from './processes-of.ts';

it.runIf(process.platform === 'linux')('finds a process by its environment, until it ends', async () => {
  const env = { ...process.env, PROCESSES_OF_TEST: String(process.pid) };
  const child = spawn('sleep', ['60'], { env, stdio: 'ignore' });
  onCleanup(() => child.kill());
  const mark = `PROCESSES_OF_TEST=${process.pid}`;
  await waitFor('the process to start', async () => (await processesOf(mark)).length > 0);

  expect(await processesOf(mark)).toEqual([`${child.pid} sleep 60`]);
  child.kill();
  expect(await processesOf(mark)).toEqual([]);
});
