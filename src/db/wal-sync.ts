import { type FileHandle, open } from 'node:fs/promises';

/** Waits until what was committed before the call is on the disk. */
export type WalSync = { synced(): Promise<void>; close(): Promise<void> };

/**
 * Brings the write-ahead log of a SQLite database to the disk, in the background and for many commits at once. SQLite
 * itself would do it in each commit, with the whole process waiting: tens of milliseconds on a busy disk.
 */
export function createWalSync(path: string): WalSync {
  let file: Promise<FileHandle> | undefined;
  let current: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  const sync = async () => {
    file ??= open(`${path}-wal`, 'r');
    await (await file).datasync();
  };
  const begin = () => {
    current = sync().finally(() => {
      current = undefined;
    });
    return current;
  };
  return {
    synced: () => {
      if (!current) return begin();
      // What runs may have begun before the commit of this caller.
      next ??= current
        .catch(() => undefined)
        .then(() => {
          next = undefined;
          return begin();
        });
      return next;
    },
    close: async () => {
      await Promise.allSettled([current, next]);
      await (await file)?.close();
    },
  };
}
