import { readdir, readFile, readlink } from 'node:fs/promises';
import { sep } from 'node:path';

/**
 * Whether some process of this machine works in the folder, has a file of it open or mapped, or was started from it.
 * `unknown` where the system does not say. Processes of other users are left out when we may not look at them: they may
 * not look into our folders either.
 */
export async function isHeld(folder: string): Promise<'held' | 'free' | 'unknown'> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  if (!pids.includes(String(process.pid))) return 'unknown';
  for (const pid of pids) {
    if (await holds(`/proc/${pid}`, folder)) return 'held';
  }
  return 'free';
}

async function holds(process: string, folder: string): Promise<boolean> {
  const open = await readdir(`${process}/fd`).catch(() => []);
  const links = ['cwd', 'root', ...open.map((fd) => `fd/${fd}`)];
  const targets = await Promise.all(links.map((link) => readlink(`${process}/${link}`).catch(() => '')));
  if (targets.some((target) => target === folder || target.startsWith(folder + sep))) return true;
  const maps = await readFile(`${process}/maps`, 'utf8').catch(() => '');
  return maps.includes(folder + sep);
}
