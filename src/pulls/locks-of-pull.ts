import type { DbHandle } from '../db/index.ts';
import { type Lock, listLocks } from '../locks/index.ts';

/** The locks that a pull request holds. */
export async function locksOfPull(
  db: DbHandle,
  of: { readonly repoId: number; readonly pullNumber: number },
): Promise<Lock[]> {
  const locks = await listLocks(db);
  return locks.filter(
    ({ repoId, holder }) => repoId === of.repoId && holder.kind === 'pull' && holder.pullNumber === of.pullNumber,
  );
}
