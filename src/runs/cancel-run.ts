import type { Actor } from '../access/index.ts';
import type { Db } from '../db/index.ts';
import { getRepo } from '../repos/index.ts';
import { announce, type ChangeDeps } from './change-state.ts';
import { isEnd } from './state-tables.ts';
import { selectRun, updateCancelRequested } from './store.ts';

/**
 * Asks a run to end: jobs that wait are cancelled, what runs is interrupted. Asking twice is asking once. Returns at
 * once; the run ends when its processes have.
 */
export async function cancelRun(
  deps: ChangeDeps & { readonly db: Db },
  runId: number,
  actor: Actor,
): Promise<'cancelling' | 'ended' | 'unknown'> {
  return deps.db.transaction(async (tx) => {
    const run = await selectRun(tx, runId);
    const repo = run && (await getRepo(tx, run.repoId));
    if (!run || !repo) return 'unknown';
    if (isEnd(run.state)) return 'ended';
    const now = deps.now();
    if (await updateCancelRequested(tx, runId, { actorId: actor.id, now })) {
      const cancelling = { ...run, cancelRequestedAt: now };
      await announce(deps, tx, { kind: 'run_cancelling', run: cancelling, repo, job: null, now });
    }
    return 'cancelling';
  });
}
