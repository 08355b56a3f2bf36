import { spawnSync } from 'node:child_process';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestServer } from './server.ts';

/** In a mount namespace of its own, which goes with the process: with the rights of root, and without. */
const ways = [
  ['unshare', '--mount'],
  ['unshare', '--mount', '--map-root-user'],
];
const mount = 'mount -t tmpfs -o size="$1" tmpfs "$0" && shift && exec "$@"';

/** Whether this machine lets us make a small disk. */
export function canMakeSmallDisk(): boolean {
  return findWay() !== undefined;
}

/** A command that becomes the one it is given, for which the folder is on a disk of this size, such as `40m`. */
export function onSmallDisk(folder: string, size: string): string[] {
  const way = findWay();
  if (!way)
    throw new Error('making a small disk: neither as root nor in a user namespace may anything be mounted here');
  return [...way, 'sh', '-c', mount, folder, size];
}

function findWay(): string[] | undefined {
  return ways.find(([program = '', ...args]) => {
    const result = spawnSync(program, [...args, 'sh', '-c', mount, '/tmp', '1m', 'true'], { stdio: 'ignore' });
    return result.status === 0;
  });
}

export type Ballast = { remove(): Promise<void> };

/** Fills the disk on which a server has its data, as only that server sees it, to the last byte. */
export async function fillDisk(server: TestServer): Promise<Ballast> {
  const path = join(`/proc/${server.pid}/root`, server.dataDir, 'ballast');
  const file = await open(path, 'w');
  try {
    for (let size = 1024 * 1024; size > 0; size = size > 1 ? Math.floor(size / 2) : 0) {
      while (await writeSome(file, size));
    }
  } finally {
    await file.close();
  }
  return { remove: () => rm(path) };
}

/** False when not one more byte fits. */
async function writeSome(file: FileHandle, size: number): Promise<boolean> {
  const written = await file.write(Buffer.alloc(size)).catch(() => undefined);
  return (written?.bytesWritten ?? 0) > 0;
}

/** A command that becomes the one it is given, for which no file may become larger than this. Needs no rights. */
export function limitedFiles(bytes: number): string[] {
  return ['prlimit', `--fsize=${bytes}`];
}
