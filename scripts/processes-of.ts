import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';

/**
 * The processes that have this `NAME=value` in their environment, each as `pid command`; those about to end get two
 * seconds for it. Empty where there is no /proc.
 */
export async function processesOf(variable: string): Promise<string[]> {
  for (let tries = 0; tries < 10; tries += 1) {
    if ((await search(variable)).length === 0) return [];
    await pause(200);
  }
  return search(variable);
}

async function search(variable: string): Promise<string[]> {
  const pids = await readdir('/proc').catch(() => []);
  const found = await Promise.all(
    pids
      .filter((name) => /^\d+$/.test(name))
      .map(async (pid) => {
        const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
        if (!environment.split('\0').includes(variable)) return [];
        const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
        return [`${pid} ${command.replaceAll('\0', ' ').trim()}`];
      }),
  );
  return found.flat();
}
