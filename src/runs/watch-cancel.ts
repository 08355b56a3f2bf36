import { type Db, noticeWaiter } from '../db/index.ts';
import { runChannel } from './change-state.ts';
import { selectCancelledBy } from './store.ts';

/** Aborts its signal, with the login of whoever asked as reason, once somebody asks to cancel the run. */
export type CancelWatch = { readonly signal: AbortSignal; stop(): void };

const pollMs = 2000;

export function watchCancel(db: Db, runId: number): CancelWatch {
  const cancelled = new AbortController();
  const stopped = new AbortController();
  const waiter = noticeWaiter(db, runChannel, String(runId));
  const watch = async () => {
    while (!stopped.signal.aborted && !cancelled.signal.aborted) {
      const by = await selectCancelledBy(db, runId).catch(() => undefined);
      if (by !== undefined) cancelled.abort(by);
      else await waiter.next(pollMs, stopped.signal);
    }
    waiter.close();
  };
  void watch();
  return { signal: cancelled.signal, stop: () => stopped.abort() };
}
