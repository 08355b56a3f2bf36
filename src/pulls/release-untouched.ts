import type { Actor } from '../access/index.ts';
import type { Tx } from '../db/index.ts';
import { type Lock, releaseLock } from '../locks/index.ts';
import { hasBegunToChange, isWorkedOn } from '../runs/index.ts';
import { locksOfPull } from './locks-of-pull.ts';

/**
 * Gives back the locks on projects that a pull request does not touch any more: those that `isTouched` says no to. It
 * keeps those on projects that it may have changed, whatever it contains now: another pull request would undo the change
 * without anybody meaning to. And those that a run of the API works under, which names the pull request.
 */
export async function releaseUntouched(
  tx: Tx,
  pull: { readonly repoId: number; readonly pullNumber: number },
  release: {
    readonly actor: Actor;
    readonly now: number;
    readonly isTouched: (lock: Lock) => boolean;
  },
): Promise<void> {
  const { actor, now, isTouched } = release;
  for (const lock of await locksOfPull(tx, pull)) {
    const project = { dir: lock.dir, workspace: lock.workspace, name: lock.projectName };
    const of = { ...pull, project };
    if (isTouched(lock) || (await hasBegunToChange(tx, of)) || (await isWorkedOn(tx, of))) continue;
    await releaseLock(tx, lock.id, { actor, reason: untouched, now });
  }
}

/** Why something of a pull request goes; half a sentence. */
export const untouched = 'the pull request does not touch the project any more';
