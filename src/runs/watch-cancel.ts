import { type Db, noticeWaiter } from '../db/index.ts';
import { runChannel } from './change-state.ts';
import { selectCancelledBy } from './store.ts';

/** Aborts its signal, with the login of whoever asked as reason, once somebody asks to cancel the run. */
export type CancelWatch = { readonly signal: AbortSignal; stop(): void };

const pollMs = 2000;

/** Watches a run. Who asked before this call is known when it returns. */
export async function watchCancel(db: Db, runId: number): Promise<CancelWatch> {
  const cancelled = new AbortController();
  const stopped = new AbortController();
  const waiter = noticeWaiter(db, runChannel, String(runId));
  const look = async () => {
    const by = await selectCancelledBy(db, runId).catch(() => undefined);
    if (by !== undefined) cancelled.abort(by);
  };
  const watch = async () => {
    while (!stopped.signal.aborted && !cancelled.signal.aborted) {
      await waiter.next(pollMs, stopped.signal);
      await look();
    }
    waiter.close();
  };
  await look();
  void watch();
  return { signal: cancelled.signal, stop: () => stopped.abort() };
}
