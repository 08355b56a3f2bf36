import { notices } from '../comments/index.ts';
import type { Tx } from '../db/index.ts';
import type { Lock } from '../locks/index.ts';
import { discardPlans } from '../plans/index.ts';
import { enqueue } from '../queue/index.ts';
import { getRepo } from '../repos/index.ts';
import { selectPull } from './pull-store.ts';
import { noticeTask, statusTask } from './tasks.ts';
import { recordDiscarded } from './unlock-pull.ts';

/**
 * What follows when somebody takes away the lock of a pull request, outside of it: the plan that it guarded goes too, and
 * the pull request is told. Part of the transaction that releases the lock.
 */
export async function afterUnlock(tx: Tx, lock: Lock, now: number): Promise<void> {
  const { holder, repoId, dir, workspace, projectName } = lock;
  if (holder.kind !== 'pull') return;
  const repo = await getRepo(tx, repoId);
  const pull = repo && (await selectPull(tx, repo, holder.pullNumber));
  if (!repo || !pull) return;
  const project = { dir, workspace, name: projectName };
  await discardPlans(tx, { repoId, pullNumber: pull.number, project }, { reason: 'its lock was deleted', now });
  const isMeant = (other: { dir: string; workspace: string; projectName: string }) =>
    other.dir === dir && other.workspace === workspace && other.projectName === projectName;
  await recordDiscarded(tx, pull.id, { now, isMeant });
  const body = notices.planDiscardedOnPage({ dir, workspace });
  const at = { host: repo.host, fullName: repo.fullName, number: pull.number };
  await enqueue(tx, { kind: noticeTask, payload: { ...at, body, react: null, key: `unlocked:${lock.id}` } }, now);
  await enqueue(tx, { kind: statusTask, payload: { repoId, number: pull.number } }, now);
}
